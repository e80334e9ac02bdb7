"""Logs users in and out of an application that keeps its sessions in Redis by the library that is named.

usage: python sessions.py LIBRARY PORT; the last line that it prints is the number of sessions that live.
"""

import copy
import importlib
import sys
import time

LIBRARY, PORT = sys.argv[1], int(sys.argv[2])
SHORT, LONG = 1, 1800


def django_sessions(cache_backend, engine, **more_settings):
    """Django's sessions by this engine, beside a cache: each user is a session key."""
    import django
    from django.conf import settings

    settings.configure(
        CACHES={"default": {"BACKEND": cache_backend, "LOCATION": f"redis://127.0.0.1:{PORT}/0"}},
        SESSION_ENGINE=engine,
        SECRET_KEY="secret",
        **more_settings,
    )
    django.setup()
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


def of_clients(makers, copied):
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
            self.client.get("/rotate")

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
    "flask-session": flask_session,
    "starsessions": starsessions,
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
    print(sum(one.is_alive() for one in visitors + users + formers))


main()
