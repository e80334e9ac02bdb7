// Logs users in and out, over HTTP, of an application that keeps its sessions in Redis by the library that is named.
// usage: node sessions.js LIBRARY PORT; the last line that it prints is the number of sessions that live.
import {createServer} from 'node:http';
import {AppFactory} from '@adonisjs/core/factories/app';
import {EncryptionFactory} from '@adonisjs/core/factories/encryption';
import {EmitterFactory} from '@adonisjs/core/factories/events';
import {HttpContextFactory, RequestFactory, ResponseFactory} from '@adonisjs/core/factories/http';
import {RedisManagerFactory} from '@adonisjs/redis/factories';
import {defineConfig, stores} from '@adonisjs/session';
import SessionMiddleware from '@adonisjs/session/session_middleware';
import {UpstashRedisAdapter} from '@auth/upstash-redis-adapter';
import {redisStorage} from '@better-auth/redis-storage';
import fastifyCookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import mgcreaSession from '@mgcrea/fastify-session';
import {RedisStore as MgcreaStore} from '@mgcrea/fastify-session-redis-store';
import {Redis as Upstash} from '@upstash/redis';
import {betterAuth} from 'better-auth';
import {memoryAdapter} from 'better-auth/adapters/memory';
import {RedisStore} from 'connect-redis';
import express from 'express';
import session from 'express-session';
import Fastify from 'fastify';
import Redis from 'ioredis';
import Koa from 'koa';
import genericSession from 'koa-generic-session';
import koaRedis from 'koa-redis';
import koaSession from 'koa-session';
import {createClient} from 'redis';

const [library, redisPort] = process.argv.slice(2);
const redis = {host: '127.0.0.1', port: Number(redisPort)};
const SHORT = 1_000;
const LONG = 30 * 60_000;

const applications = {
  'express-session': async maxAge => {
    const client = createClient({socket: redis});
    await client.connect();
    const app = express();
    app.use(session({
      store: new RedisStore({client}),
      secret: 'x',
      resave: false,
      saveUninitialized: false,
      cookie: {maxAge}
    }));
    app.get('/login', (request, response) => {
      request.session.user = request.query.user;
      response.end();
    });
    app.get('/rotate', (request, response) => {
      const {user} = request.session;
      request.session.regenerate(() => {
        request.session.user = user;
        response.end();
      });
    });
    app.get('/logout', (request, response) => request.session.destroy(() => response.end()));
    app.get('/user', (request, response) => response.end(request.session.user ?? ''));
    return app;
  },
  'koa-generic-session': async maxAge => {
    const app = new Koa();
    app.keys = ['x'];
    // Signed, its cookie would not survive another id.
    app.use(genericSession({store: koaRedis(redis), ttl: maxAge, cookie: {signed: false}}));
    return answering(app, async context => {
      const {user} = context.session;
      await context.regenerateSession();
      // It saves nothing that is equal to what it read.
      context.session = {user, since: Date.now()};
    });
  },
  'koa-session': async maxAge => {
    const app = new Koa();
    app.keys = ['x'];
    app.use(koaSession({store: koaRedis(redis), maxAge, prefix: 'shop:'}, app));
    return answering(app, async context => context.session.regenerate());
  },
  '@fastify/session': async maxAge => {
    const client = createClient({socket: redis});
    await client.connect();
    const app = Fastify();
    app.register(fastifyCookie);
    app.register(fastifySession, {
      store: new RedisStore({client}),
      secret: 'x'.repeat(32),
      saveUninitialized: false,
      cookie: {maxAge, secure: false}
    });
    app.get('/rotate', async request => {
      const {user} = request.session;
      await request.session.regenerate();
      request.session.user = user;
      return '';
    });
    return fastifyServer(app, 'user');
  },
  '@mgcrea/fastify-session': async maxAge => {
    const app = Fastify();
    app.register(fastifyCookie);
    app.register(mgcreaSession, {
      store: new MgcreaStore({client: new Redis(redis)}),
      secret: 'x'.repeat(32),
      saveUninitialized: false,
      cookie: {maxAge: LONG / 1000, secure: false}
    });
    // Its settings are those of the whole process.
    app.addHook('preHandler', async request => {
      Object.assign(request.session.options, {maxAge: maxAge / 1000});
      await request.session.touch();
    });
    return fastifyServer(app, null);
  },
  'adonisjs': async maxAge => {
    const app = new AppFactory().create(new URL('./', import.meta.url), () => {});
    await app.init();
    const connections = new RedisManagerFactory({connection: 'main', connections: {main: redis}}).create(app);
    app.container.singleton('redis', () => connections);
    const config = await defineConfig({
      age: maxAge / 1000,
      store: 'redis',
      stores: {redis: stores.redis({connection: 'main'})}
    }).resolver(app);
    const middleware = new SessionMiddleware(config, new EmitterFactory().create(app));
    const encryption = new EncryptionFactory().create();
    return createServer(async (req, res) => {
      const request = new RequestFactory().merge({req, res, encryption}).create();
      const response = new ResponseFactory().merge({req, res, encryption}).create();
      const context = new HttpContextFactory().merge({request, response}).create();
      await middleware.handle(context, async () => {
        const {session} = context;
        switch (request.url()) {
          case '/login':
            session.put('user', request.qs().user);
            await session.tag(request.qs().user);
            break;
          case '/rotate':
            session.regenerate();
            break;
          case '/logout':
            session.clear();
        }
        response.send(request.url() === '/user' ? session.get('user', '') : '');
      });
      response.finish();
    });
  },
  'better-auth': async maxAge => {
    const auth = betterAuth({
      secret: 'x'.repeat(32),
      baseURL: 'http://127.0.0.1',
      basePath: '/auth',
      database: memoryAdapter({user: [], session: [], account: [], verification: []}),
      secondaryStorage: redisStorage({client: new Redis(redis)}),
      emailAndPassword: {enabled: true, password: {hash: async word => word, verify: async () => true}},
      session: {expiresIn: maxAge / 1000},
      rateLimit: {enabled: true, max: 1_000_000, storage: 'secondary-storage', customRules: {
        '/sign-up/email': {window: 60, max: 1_000_000},
        '/sign-in/email': {window: 60, max: 1_000_000}
      }},
      advanced: {ipAddress: {ipAddressHeaders: ['x-forwarded-for']}, disableCSRFCheck: true},
      telemetry: {enabled: false}
    });
    let addresses = 0;
    const app = express();
    app.use(async (request, response) => {
      const ask = (path, body) => auth.handler(new Request(`http://127.0.0.1/auth/${path}`, {
        method: body ? 'POST' : 'GET',
        headers: {
          cookie: request.headers.cookie ?? '',
          'content-type': 'application/json',
          'x-forwarded-for': `10.0.${addresses++ % 5}.1`
        },
        body: body ? JSON.stringify(body) : undefined
      }));
      const {user} = request.query;
      const account = {email: `${user}@shop.example`, password: 'open-sesame', name: user};
      const answer = {
        '/login': () => ask('sign-up/email', account),
        '/logout': () => ask('sign-out', {}),
        '/user': () => ask('get-session')
      }[request.path];
      if (!answer) {
        response.sendStatus(404);
        return;
      }
      const given = await answer();
      given.headers.getSetCookie().forEach(cookie => response.append('set-cookie', cookie));
      const text = await given.text();
      response.end(request.path === '/user' ? JSON.parse(text)?.user.name ?? '' : '');
    });
    return app;
  },
  'nextauth': async maxAge => {
    const client = createClient({socket: redis});
    await client.connect();
    const rest = await upstashService(client);
    const adapter = UpstashRedisAdapter(new Upstash({url: rest, token: 'x', responseEncoding: false}));
    const app = express();
    const tokenOf = request => request.headers.cookie?.match(/token=([^;]+)/)?.[1];
    app.get('/login', async (request, response) => {
      const {user} = request.query;
      const sessionToken = crypto.randomUUID();
      const {id} = await adapter.createUser({name: user, email: user + '@shop.example', emailVerified: null});
      await adapter.linkAccount({userId: id, type: 'oauth', provider: 'github', providerAccountId: user});
      await adapter.createSession({sessionToken, userId: id, expires: new Date(Date.now() + maxAge)});
      response.append('set-cookie', 'token=' + sessionToken).end();
    });
    app.get('/logout', async (request, response) => {
      await adapter.deleteSession(tokenOf(request));
      response.end();
    });
    app.get('/user', async (request, response) => {
      const found = await adapter.getSessionAndUser(tokenOf(request));
      // As Auth.js does, which ends an expired session when somebody comes back with it, and no sooner.
      if (found && found.session.expires < new Date()) {
        await adapter.deleteSession(tokenOf(request));
        response.end();
      } else {
        response.end(found?.user.name ?? '');
      }
    });
    return app;
  }
};

// Upstash's HTTP interface to Redis, as its client calls it.
async function upstashService(client) {
  const run = async command => ({result: await client.sendCommand(command.map(String))});
  const service = createServer(async (request, response) => {
    const parts = await request.toArray();
    const asked = JSON.parse(Buffer.concat(parts));
    const answer = request.url === '/pipeline' ? await Promise.all(asked.map(run)) : await run(asked);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise(listening => service.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${service.address().port}`;
}

// With routes for a session that is an object, or has get and set.
async function fastifyServer(app, field) {
  app.get('/login', async request => {
    if (field) {
      request.session[field] = request.query.user;
    } else {
      request.session.set('user', request.query.user);
    }
    return '';
  });
  app.get('/logout', async request => {
    await request.session.destroy();
    return '';
  });
  app.get('/user', async request => (field ? request.session[field] : request.session.get('user')) ?? '');
  await app.ready();
  return {
    listen(port, host, ready) {
      app.listen({port, host}, ready);
      return app.server;
    }
  };
}

function answering(app, rotate) {
  app.use(async context => {
    context.body = '';
    switch (context.path) {
      case '/login':
        context.session.user = context.query.user;
        break;
      case '/rotate':
        await rotate(context);
        break;
      case '/logout':
        context.session = null;
        break;
      default:
        context.body = context.session?.user ?? '';
    }
  });
  return app;
}

async function serve(maxAge) {
  const app = await applications[library](maxAge);
  return new Promise(listening => {
    const server = app.listen(0, '127.0.0.1', () => listening(`http://127.0.0.1:${server.address().port}`));
  });
}

// A browser: it remembers the cookies of one user.
class Browser {
  #cookies = new Map();

  constructor(application) {
    this.application = application;
  }

  async get(path) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.application + path, {headers: {cookie}});
    this.status = response.status;
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      this.#cookies.set(name, value);
    }
    return response.text();
  }
}

async function login(application, user) {
  const browser = new Browser(application);
  await browser.get('/login?user=' + user);
  return browser;
}

// Gives the user another id, or another session where the library has no other way.
async function rotate(browser, user) {
  await browser.get('/rotate');
  if (browser.status === 404) {
    await browser.get('/logout');
    await browser.get('/login?user=' + user);
  }
}

const visitorsOf = await serve(SHORT);
const usersOf = await serve(LONG);
const visitors = [];
for (let i = 0; i < 80; i++) {
  visitors.push(await login(visitorsOf, 'visitor-' + i));
}
const users = [];
for (let i = 0; i < 420; i++) {
  users.push(await login(usersOf, 'user-' + i));
}
for (const user of users.splice(0, 120)) {
  await user.get('/logout');
}
for (const [i, user] of users.slice(0, 30).entries()) {
  await rotate(user, 'rotated-' + i);
}
await new Promise(resolve => setTimeout(resolve, SHORT + 100));
let alive = 0;
for (const user of [...visitors, ...users]) {
  alive += await user.get('/user') === '' ? 0 : 1;
}
console.log(alive);
process.exit(0);
