-- Few pages may be no article: what counts articles leaves these versions out.
CREATE INDEX versions_of_other_kinds ON versions (page_kind) WHERE page_kind <> 'article';
