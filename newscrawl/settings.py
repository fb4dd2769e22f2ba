"""Every setting of a crawl, with its reason.

Ours all begin with NEWSCRAWL_. Any setting can be given as `-s NAME=value`; those marked so
also as an environment variable.
"""

from __future__ import annotations

from importlib import import_module

import newscrawl
from newscrawl.ingest.acceptance import DOUBTFUL_PAGES, REFRESH_DELAY, REFRESH_IGNORED
from newscrawl.ingest.opt_outs import OBEYED
from newscrawl.ingest.usage_statements import AGENT
from newscrawl.limits import LARGEST_PAGE, LEAST_FREE_MB
from newscrawl.system.environment import usable_cores, variable
from newscrawl.system.project import DEFAULT_ARCHIVE, anchored

# spiders and pipelines are common names, and a stranger's may come first on sys.path: the
# `scrapy` script appends the project's folder, so an installed package of that name hides ours.
for _name in ("spiders", "pipelines"):
    _module = import_module(_name)
    if getattr(_module, "PROJECT", None) != "newscrawl":
        raise SystemExit(
            f"newscrawl: another project's {_name!r} hides ours: {_module.__path__}"
        )

BOT_NAME = "newscrawl"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
# Makes a spider of every declared site that has none of its own in spiders/.
SPIDER_LOADER_CLASS = "newscrawl.crawl.usage.spider_loader.SiteSpiderLoader"
# `crawl` checks before it starts, and ends with a status that means something.
COMMANDS_MODULE = "newscrawl.crawl.commands"

# Ours

# The SQLite file. A relative path starts from the folder of scrapy.cfg. (environment)
NEWSCRAWL_ARCHIVE = str(anchored(variable("NEWSCRAWL_ARCHIVE") or DEFAULT_ARCHIVE))
# False for `scrapy parse` and `scrapy shell`: nothing is stored.
NEWSCRAWL_RECORD = True
# Private hosts that may be fetched, by the name or address that stands in their URLs: for tests
# and intranets. All other private, local and reserved addresses are refused. (environment)
NEWSCRAWL_PRIVATE_HOSTS = variable("NEWSCRAWL_PRIVATE_HOSTS")
# Modules that declare further sites, separated by commas. (environment)
NEWSCRAWL_SITES = variable("NEWSCRAWL_SITES")
# An e-mail or web address for the sites' owners, put into the user agent. (environment)
NEWSCRAWL_CONTACT = variable("NEWSCRAWL_CONTACT")
# The private key that requests are signed with, and the origin that publishes the public one:
# `newscrawl identity new` makes both. (environment)
NEWSCRAWL_IDENTITY_KEY = variable("NEWSCRAWL_IDENTITY_KEY")
NEWSCRAWL_IDENTITY_URL = variable("NEWSCRAWL_IDENTITY_URL")
# Whether to draw the progress display: auto (on a terminal), 1 or 0. (environment)
NEWSCRAWL_PROGRESS = variable("NEWSCRAWL_PROGRESS", "auto")
# Which pages a real browser fetches: those of sites that `declared` it, `always` or `never`.
# (environment)
NEWSCRAWL_BROWSER = variable("NEWSCRAWL_BROWSER") or "declared"
# Whose stylesheets, images and fonts are stored beside the articles' pages: those of sites that
# `declared` it, `always` or `never`. (environment)
NEWSCRAWL_REQUISITES = variable("NEWSCRAWL_REQUISITES") or "declared"
# The most stylesheets, images and fonts of one page that are requested.
NEWSCRAWL_PAGE_REQUISITES = 100
# Hours in which one that was stored is not requested again.
NEWSCRAWL_REQUISITE_HOURS = 24
# The largest one, and the most of one page together, in MB.
NEWSCRAWL_REQUISITE_MB = 5
NEWSCRAWL_PAGE_REQUISITES_MB = 30
# Seconds after which no further one of a page is requested.
NEWSCRAWL_PAGE_REQUISITES_SECONDS = 180
# How lines of the log are written: `text`, or `json`, an object a line. (environment)
NEWSCRAWL_LOG = variable("NEWSCRAWL_LOG") or "text"
# The most pages of one section that are read, unless the whole history is wanted.
NEWSCRAWL_SECTION_PAGES = 10
# The most pages of one article that are read and joined.
NEWSCRAWL_ARTICLE_PAGES = 20
# Pages that seem no article and have an article's headline and text: `store` them, outside the
# view `article` (docs/extraction.md), or `refuse` them. (environment)
NEWSCRAWL_DOUBTFUL_PAGES = variable("NEWSCRAWL_DOUBTFUL_PAGES") or DOUBTFUL_PAGES[0]
# Known articles that are requested again: `due` ones (docs/crawling.md), `all` or `none`.
NEWSCRAWL_REVISIT = "due"
# Storage of each answer, in WARC files: `warc` as received, `warc.zst` unpacked and then packed
# by a dictionary of the site, or `none` on small disks.
NEWSCRAWL_EVIDENCE = "warc"
# Where they are, a folder for each site in it: a path from the folder of the archive.
NEWSCRAWL_EVIDENCE_FOLDER = "warc"
# A file of evidence that has grown to this many MB is followed by another.
NEWSCRAWL_WARC_MB = 1024
# Home and section pages change with every visit: one is kept in this many hours.
NEWSCRAWL_LISTING_EVIDENCE_HOURS = 24
# So is a page whose bytes have changed (a nonce, an advert) and whose article has not; 0 for
# each of them.
NEWSCRAWL_SAME_ARTICLE_EVIDENCE_HOURS = 24
# The most articles that one run requests again because they are due, though no source names
# them.
NEWSCRAWL_REVISITS = 300
# A crawl stops when the disk of its archive, or of the evidence, has less free than this (MB).
NEWSCRAWL_LEAST_FREE_MB = LEAST_FREE_MB
# Hours without requests, by the clock of the site's zone or, where that is not declared, of
# this machine: 01:00-05:30, or 01:00-05:30 Africa/Casablanca. Sites may declare their own.
# (environment)
NEWSCRAWL_QUIET_HOURS = variable("NEWSCRAWL_QUIET_HOURS")
# The longest crawl-delay and Retry-After that are waited for, in seconds; a host that asks for
# more rests for this run.
NEWSCRAWL_LONGEST_WAIT = 120
# What several machines share that crawl one site together: redis://host:6379/0. Empty for a
# crawl by one machine, with its frontier in the archive. (environment; docs/scale.md)
NEWSCRAWL_FRONTIER = variable("NEWSCRAWL_FRONTIER")
# A machine that is not heard of for this many seconds loses what it held to the others.
NEWSCRAWL_FRONTIER_LEASE = 30
# A crawl waits this many seconds for a frontier that does not answer, and then fails.
NEWSCRAWL_FRONTIER_PATIENCE = 600

# Who we are, and what we obey

_contact = f"; +{NEWSCRAWL_CONTACT}" if NEWSCRAWL_CONTACT else ""
USER_AGENT = f"newscrawl/{newscrawl.__version__} (news archiving{_contact})"
ROBOTSTXT_USER_AGENT = AGENT
ROBOTSTXT_OBEY = True  # Scrapy's own default is not to
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    "Accept-Language": "ar,en;q=0.7,*;q=0.5",
    # Answers are stored as they come, and every program that reads WARC files can undo this.
    "Accept-Encoding": "gzip",
}
COOKIES_ENABLED = (
    False  # no session: every page as a first visitor sees it, and no cookie floods
)
REFERER_ENABLED = False  # a crawl has no reader with a way to reveal

# Opt-outs that are obeyed, so that the page is not stored: noarchive, tdm, noai,
# noimageai, between commas. All are recorded. (docs/crawling.md says why these; environment)
NEWSCRAWL_OBEY_OPT_OUTS = variable("NEWSCRAWL_OBEY_OPT_OUTS", OBEYED)

# Pace

DOWNLOAD_DELAY = (
    1.0  # seconds between two requests to one public host; robots.txt may demand more
)
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 4
CONCURRENT_ITEMS = 1  # measured: 2.5 ms of CPU a page against 4.3 at Scrapy's default of 100
# Processes that extract articles beside the event loop, one for each other core; 0: none, the
# crawl's own process does it, as on a small machine.
NEWSCRAWL_EXTRACTION_PROCESSES = min(usable_cores() - 1, 4)
# The longest that such a process may take over one page, in seconds; none takes 10.
NEWSCRAWL_EXTRACTION_SECONDS = 60.0
WARN_ON_GENERATOR_RETURN_VALUE = False  # it reads the source of a callback for every page
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
RETRY_TIMES = 2
# 429 and 503 are Retry-After's, which our own middleware reads before Scrapy's retries.
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408, 429]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the observation says it

# Limits: what a page may cost

DOWNLOAD_MAXSIZE = (
    LARGEST_PAGE  # also after decompression; Scrapy's default of 1 GiB fits bombs
)
DOWNLOAD_WARNSIZE = 0  # what is too large is an observation
DOWNLOAD_TIMEOUT = (
    30  # seconds for the whole answer; Scrapy's 180 lets a slow host hold a crawl
)
DNS_TIMEOUT = 15
DOWNLOAD_FAIL_ON_DATALOSS = True  # half an article is none
REDIRECT_MAX_TIMES = 5
# A refresh that is written inside these is not one of the page.
METAREFRESH_IGNORE_TAGS = list(REFRESH_IGNORED)
METAREFRESH_MAXDELAY = REFRESH_DELAY
MEMUSAGE_LIMIT_MB = 1024

# Safety

# Only HTTP: a link to file:///etc/passwd would otherwise be read.
DOWNLOAD_HANDLERS = {
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
    **dict.fromkeys(
        ("http", "https"), "newscrawl.crawl.download.politeness.quiet_handler.QuietHandler"
    ),
}
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy's default is not to
TWISTED_DNS_RESOLVER = (
    "newscrawl.crawl.download.guarded_resolver.GuardedResolver"  # refuses private addresses
)
HTTPPROXY_ENABLED = False  # a proxy resolves names itself, behind the guard's back
TELNETCONSOLE_ENABLED = False  # both are servers on localhost that run Python
REMOTE_CONTROL_ENABLED = False

# Parts

SCHEDULER = "newscrawl.crawl.frontier.scheduler.NewsScheduler"
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    # The nearest to the spider: it sees what the spider will see.
    "newscrawl.crawl.download.extraction.ExtractionMiddleware": 40,
    "newscrawl.crawl.download.offsite.OffsiteMiddleware": 50,
    "newscrawl.crawl.download.politeness.robots.RobotsMiddleware": 100,
    "newscrawl.crawl.download.politeness.opt_out_middleware.OptOutMiddleware": 110,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "newscrawl.crawl.download.redirects.LocationMiddleware": 610,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    # After the challenges: what leads back to itself may be one.
    "newscrawl.crawl.download.redirects.RefreshMiddleware": 579,
    # After the retries, as seen from the spider: a challenge is not tried again.
    "newscrawl.crawl.download.challenges.ChallengeMiddleware": 580,
    "newscrawl.crawl.download.whole_bodies.WholePageMiddleware": 585,
    "newscrawl.crawl.download.whole_bodies.UnpackingMiddleware": 590,
    "newscrawl.crawl.download.signatures.SignatureMiddleware": 985,
    # The nearest to the network: it sees what came as it came.
    "newscrawl.crawl.download.exchanges.ExchangeMiddleware": 990,
    "newscrawl.crawl.download.politeness.retry.PatientRetryMiddleware": 550,
    # Nearer to the network than the retries, which come after all other addresses.
    "newscrawl.crawl.download.politeness.silent_hosts.SilenceMiddleware": 555,
}
SPIDER_MIDDLEWARES = {
    # The nearest to the engine: an article is stored before its requisites are requested.
    "newscrawl.crawl.run.requisites.RequisitesMiddleware": 10,
    # Each takes a tenth of a millisecond a page. Our scheduler needs no mark of first requests;
    # too long an address gets its outcome from our OffsiteMiddleware; the survey counts pages
    # of sections, which Scrapy's depth would count as traps; our spiders copy no meta.
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
ITEM_PROCESSOR = "newscrawl.crawl.run.article_pipelines.ArticlePipelines"
ITEM_PIPELINES = {
    "pipelines.normalize.NormalizePipeline": 100,
    "pipelines.reject.RejectPipeline": 200,
    "pipelines.archive.ArchivePipeline": 900,
}
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "scrapy.extensions.logstats.LogStats": None,
    "newscrawl.crawl.run.recorder.Recorder": 10,
    "newscrawl.crawl.download.politeness.pace.Pace": 20,
    "newscrawl.crawl.reporting.progress.Progress": 30,
    "newscrawl.crawl.reporting.drift_warnings.DriftAlarm": 40,
    "newscrawl.crawl.reporting.watchlist_messages.WatchlistMessages": 50,
}

# Log

LOG_LEVEL = "INFO"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOG_DATEFORMAT = "%H:%M:%S"
LOG_FORMATTER = "newscrawl.crawl.reporting.log.QuietFormatter"
LOG_VERSIONS: list[str] = []  # `scrapy version -v` says them
LOGSTATS_INTERVAL = 30.0  # seconds between two lines, where no display is drawn
STATS_DUMP = False  # the summary says what counts; `-s STATS_DUMP=1` shows all
# It writes each request out to count its bytes; `-s DOWNLOADER_STATS=1` adds them to the above.
DOWNLOADER_STATS = False
FEED_EXPORT_ENCODING = "utf-8"
