"""How gunicorn serves the portal, here and in the container: docs/decisions/0003-server-shape.md"""

import gc
import os
import resource
import signal

worker_class = "asgi"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Loaded once, so that the processes share memory and who replaces a dead one serves at once.
preload_app = True
# Who is asked to stop says so first (`/health/ready` is 503) and goes on answering, until whoever spreads the
# requests has noticed.
DRAIN_SECONDS = int(os.environ.get("DRAIN_SECONDS", "0"))
graceful_timeout = DRAIN_SECONDS + 3  # a page takes milliseconds; who is slower than this has gone
keepalive = 75  # longer than a proxy keeps a connection to us: else it sends into one that is being closed
asgi_lifespan = "off"
control_socket_disable = True
# Django alone decides what a proxy may claim (TRUSTED_PROXIES).
forwarded_allow_ips = ""
loglevel = "warning"
# Who may wait to be let in. With asyncio's 100 the rest of a thousand phones that come at the same moment
# are turned away, and each tries again a second later.
WAITING = 2_048
# A process with a thousand followers needs more than the usual 1024 file descriptors. Raised before the
# portal is loaded, which looks at the limit.
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if resource.RLIM_INFINITY not in {soft, hard}:
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8_192)), hard))


metrics_port = None


def when_ready(server):
    """What is loaded by now stays. Looking through it again and again delays pages and events."""
    import aarhuskompas.urls  # noqa: F401 - and with it every view
    from aarhuskompas import metrics, settings

    if settings.METRICS_PORT:
        global metrics_port
        metrics.prepare_folder()
        metrics_port = metrics.open_port()
    gc.freeze()


def child_exit(server, worker):
    if metrics_port:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def post_worker_init(worker):
    """A worker that is to stop ends its event streams; by themselves they would not end."""
    from aarhuskompas import health
    from aarhuskompas.connections import Connection
    from reflection.live.streams import application

    if metrics_port:
        from aarhuskompas import metrics

        metrics.start(worker.loop, metrics_port)

    def stop():
        worker.handle_exit_signal()
        application.end()

    def drain():
        health.readiness.is_draining = True
        worker.loop.call_later(DRAIN_SECONDS, stop)

    worker.loop.add_signal_handler(signal.SIGTERM, drain)
    create_server = worker.loop.create_server

    async def create_with_queue(protocol, *address, sock, **options):
        server = await create_server(lambda: Connection(worker), sock=sock, **options)
        sock.listen(WAITING)  # as `backlog` it would also let one process take all of them in one go
        return server

    worker.loop.create_server = create_with_queue
