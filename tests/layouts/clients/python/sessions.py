"""Logs users in and out of an application that keeps its sessions in Redis by the library that is named.

usage: python sessions.py LIBRARY PORT; the last line that it prints is the number of sessions that live.
"""

import copy
import importlib
import os
import sys
import time

LIBRARY, PORT = sys.argv[1], int(sys.argv[2])
SHORT, LONG = 1, 1800


def django_sessions(cache_backend, engine, **more_settings):
    """Django's sessions by this engine, beside a cache: each user is a session key."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        CACHES={"default": {"BACKEND": cache_backend, "LOCATION": f"redis://127.0.0.1:{PORT}/0"}},
        SESSION_ENGINE=engine,
        SECRET_KEY="secret",
        INSTALLED_APPS=["django.contrib.sessions"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        **more_settings,
    )
    django.setup()
    call_command("migrate", verbosity=0)
    from django.core.cache import cache

    SessionStore = importlib.import_module(engine).SessionStore
    for i in range(50):
        cache.set(f"page-{i}", "html")

    class User:
        def __init__(self, name, lifetime):
            session = SessionStore()
            session["user"] = name
            session.set_expiry(lifetime)
            session.save()
            self.key = session.session_key

        def former(self):
            return copy.copy(self)

        def rotate(self):
            session = SessionStore(self.key)
            session.cycle_key()
            self.key = session.session_key

        def logout(self):
            SessionStore(self.key).flush()

        def is_alive(self):
            return SessionStore(self.key).get("user") is not None

    return User


def flask_session():
    """Flask-Session: each user is a client with cookies."""
    from flask import Flask, request, session
    from flask_session import Session
    from redis import Redis

    def application(lifetime):
        app = Flask(__name__)
        app.config.update(
            SESSION_TYPE="redis", SESSION_REDIS=Redis(port=PORT), PERMANENT_SESSION_LIFETIME=lifetime
        )
        Session(app)

        @app.get("/login")
        def login():
            session["user"] = request.args["user"]
            return ""

        @app.get("/rotate")
        def rotate():
            app.session_interface.regenerate(session)
            return ""

        @app.get("/logout")
        def logout():
            session.clear()
            return ""

        @app.get("/user")
        def user():
            return session.get("user", "")

        return app

    def copied(client):
        twin = copy.copy(client)
        twin._cookies = dict(client._cookies)
        return twin

    return of_clients({lifetime: application(lifetime).test_client for lifetime in (SHORT, LONG)}, copied)


def starsessions():
    """starsessions: each user is a client with cookies."""
    from redis.asyncio import Redis
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient
    from starsessions import SessionAutoloadMiddleware, SessionMiddleware, regenerate_session_id
    from starsessions.stores.redis import RedisStore

    async def login(request):
        request.session["user"] = request.query_params["user"]
        return PlainTextResponse("")

    async def rotate(request):
        regenerate_session_id(request)
        return PlainTextResponse("")

    async def logout(request):
        request.session.clear()
        return PlainTextResponse("")

    async def user(request):
        return PlainTextResponse(request.session.get("user", ""))

    def client_maker(lifetime):
        store = RedisStore(connection=Redis(port=PORT))
        app = Starlette(
            routes=[
                Route("/login", login),
                Route("/rotate", rotate),
                Route("/logout", logout),
                Route("/user", user),
            ],
            middleware=[
                Middleware(SessionMiddleware, store=store, lifetime=lifetime, cookie_https_only=False),
                Middleware(SessionAutoloadMiddleware),
            ],
        )
        shared = TestClient(app)
        shared.__enter__()

        def client():
            one = TestClient(app)
            one.portal = shared.portal
            return one

        return client

    makers = {lifetime: client_maker(lifetime) for lifetime in (SHORT, LONG)}

    def copied(client):
        twin = makers[LONG]()
        twin.cookies.update(client.cookies)
        return twin

    return of_clients(makers, copied)


def litestar():
    """Litestar's server-side sessions, beside a cache in the same store: each user is a client with cookies."""
    from litestar import Litestar, Request, get
    from litestar.middleware.session.server_side import ServerSideSessionConfig
    from litestar.stores.redis import RedisStore
    from litestar.testing import TestClient
    from redis.asyncio import Redis

    @get("/login")
    async def login(request: Request, user: str) -> str:
        request.session["user"] = user
        return ""

    @get("/logout")
    async def logout(request: Request) -> str:
        request.clear_session()
        return ""

    @get("/user")
    async def user(request: Request) -> str:
        return request.session.get("user", "")

    @get("/page/{number:int}", cache=600, skip_session=True)
    async def page(number: int) -> str:
        return "html"

    def client_maker(lifetime):
        store = RedisStore(Redis(port=PORT))
        app = Litestar(
            [login, logout, user, page],
            middleware=[ServerSideSessionConfig(max_age=lifetime).middleware],
            stores={"sessions": store, "response_cache": store},
            logging_config=None,
        )
        shared = TestClient(app)
        shared.__enter__()
        for number in range(50):
            shared.get(f"/page/{number}")

        def client():
            one = TestClient(app)
            one.blocking_portal = shared.blocking_portal
            return one

        return client

    makers = {lifetime: client_maker(lifetime) for lifetime in (SHORT, LONG)}
    # Whoever asks without a session, or with the id of an ended one, is given an empty one: here one that ends soon.
    return of_clients(makers, lambda client: makers[SHORT](), renew=login_again)


def aiohttp_session():
    """aiohttp-session: each user is a client with cookies."""
    import asyncio

    import aiohttp_session as library
    from aiohttp import web
    from aiohttp.test_utils import TestClient, TestServer
    from aiohttp_session.redis_storage import RedisStorage
    from redis.asyncio import Redis

    loop = asyncio.new_event_loop()

    async def login(request):
        session = await library.new_session(request)
        session["user"] = request.query["user"]
        return web.Response()

    async def rotate(request):
        user = (await library.get_session(request))["user"]
        (await library.new_session(request))["user"] = user
        return web.Response()

    async def logout(request):
        (await library.get_session(request)).invalidate()
        return web.Response()

    async def user(request):
        return web.Response(text=(await library.get_session(request)).get("user", ""))

    async def server(lifetime):
        app = web.Application()
        library.setup(app, RedisStorage(Redis(port=PORT), max_age=lifetime))
        app.router.add_get("/login", login)
        app.router.add_get("/rotate", rotate)
        app.router.add_get("/logout", logout)
        app.router.add_get("/user", user)
        server = TestServer(app)
        await server.start_server()
        return server

    servers = {lifetime: loop.run_until_complete(server(lifetime)) for lifetime in (SHORT, LONG)}

    class Answer:
        def __init__(self, text):
            self.text = text

    class Client:
        def __init__(self, server):
            self.server = server
            self.client = loop.run_until_complete(self.started())

        async def started(self):
            return TestClient(self.server, loop=loop)

        def get(self, path):
            return Answer(loop.run_until_complete(self.text(path)))

        async def text(self, path):
            return await (await self.client.get(path)).text()

    def copied(client):
        twin = Client(client.server)
        twin.client.session.cookie_jar.update_cookies(
            {cookie.key: cookie.value for cookie in client.client.session.cookie_jar}, client.server.make_url("/")
        )
        return twin

    return of_clients({lifetime: lambda s=one: Client(s) for lifetime, one in servers.items()}, copied)


def login_again(client):
    """Of libraries that change no ids."""
    client.get("/logout")
    client.get("/login?user=rotated")


def of_clients(makers, copied, renew=lambda client: client.get("/rotate")):
    """Users of applications, by the lifetime of their sessions."""

    class User:
        def __init__(self, name, lifetime):
            self.client = makers[lifetime]()
            self.client.get("/login?user=" + name)

        def former(self):
            former = copy.copy(self)
            former.client = copied(self.client)
            return former

        def rotate(self):
            renew(self.client)

        def logout(self):
            self.client.get("/logout")

        def is_alive(self):
            return self.client.get("/user").text != ""

    return User


DJANGO_CACHE = "django.core.cache.backends.redis.RedisCache"
CACHE_SESSIONS = "django.contrib.sessions.backends.cache"


LIBRARIES = {
    "django": lambda: django_sessions(DJANGO_CACHE, CACHE_SESSIONS),
    "django-redis": lambda: django_sessions("django_redis.cache.RedisCache", CACHE_SESSIONS),
    "django-redis-sessions": lambda: django_sessions(
        DJANGO_CACHE,
        "redis_sessions.session",
        # it takes a server that is late, as on a busy machine, for one that has no such session
        SESSION_REDIS={"port": PORT, "prefix": "shop", "socket_timeout": 60},
    ),
    "django-cached-db": lambda: django_sessions(DJANGO_CACHE, "django.contrib.sessions.backends.cached_db"),
    "flask-session": flask_session,
    "starsessions": starsessions,
    "litestar": litestar,
    "aiohttp-session": aiohttp_session,
}


def main():
    user = LIBRARIES[LIBRARY]()
    visitors = [user(f"visitor-{i}", SHORT) for i in range(80)]
    users = [user(f"user-{i}", LONG) for i in range(420)]
    for one in users[:120]:
        one.logout()
    users = users[120:]
    # Whoever still has the id of before: with some libraries it leads to a session yet.
    formers = [one.former() for one in users[:30]]
    for one in users[:30]:
        one.rotate()
    time.sleep(SHORT + 0.2)
    alive = sum(one.is_alive() for one in visitors + users + formers)
    # Litestar has given each visitor who asked a new session.
    time.sleep(SHORT + 0.2)
    print(alive, flush=True)
    os._exit(0)


main()
