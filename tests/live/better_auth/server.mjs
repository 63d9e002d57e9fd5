// Starts better-auth with its OAuth provider plugin on loopback and prints one line of JSON: its issuer and version. The
// first argument is JSON: options of oauthProvider() beside those below.
//
// Storage is better-auth's memory adapter. The pages for sign-in and consent are what a user of better-auth writes: each hands
// the query that the plugin has signed back to it, as the plugin's client for browsers does.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from '@better-auth/memory-adapter'
import { oauthProvider } from '@better-auth/oauth-provider'
import { toNodeHandler } from 'better-auth/node'
import { jwt } from 'better-auth/plugins'

const packaged = new URL('../node_modules/@better-auth/oauth-provider/package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(packaged))
// The first argument is JSON: the settings of the plugin, and `limited`, whether better-auth limits requests other than logins.
const { limited = false, ...ofProvider } = JSON.parse(process.argv[2] ?? '{}')
const callback = 'https://app.example/callback'
const alice = { name: 'Alice', email: 'alice@example.com', password: 'a-password-of-alice-0003' }
const login = {
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  scope: 'openid profile email offline_access',
}
const clients = {
  app: { ...login, secret: 'the-secret-of-the-app-0001', token_endpoint_auth_method: 'client_secret_basic' },
  second: { ...login, secret: 'the-secret-of-the-second-0002', token_endpoint_auth_method: 'client_secret_post' },
  public: { ...login, token_endpoint_auth_method: 'none' },
  service: {
    secret: 'the-secret-of-the-service-0004',
    grant_types: ['client_credentials'],
    response_types: [],
    scope: 'read',
    client_credentials_scopes: ['read'],
    token_endpoint_auth_method: 'client_secret_basic',
  },
}

const names = ['user', 'session', 'account', 'verification', 'jwks', 'rateLimit', 'oauthClient', 'oauthResource']
const further = ['oauthClientResource', 'oauthAccessToken', 'oauthRefreshToken', 'oauthConsent', 'oauthClientAssertion']
const tables = Object.fromEntries([...names, ...further].map((name) => [name, []]))
let registering

const authentication = (base) =>
  betterAuth({
    baseURL: base,
    secret: 'a-key-of-a-test-that-signs-its-cookies',
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: limited, customRules: { '/sign-in/email': false } },
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [
      jwt(),
      oauthProvider({
        loginPage: '/sign-in',
        consentPage: '/consent',
        scopes: ['openid', 'profile', 'email', 'offline_access', 'read'],
        generateClientId: () => registering,
        generateClientSecret: () => clients[registering].secret,
        clientPrivileges: () => true,
        silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
        ...ofProvider,
      }),
    ],
  })

const form = (field) => `<!doctype html><title>${field}</title><form method="post">${
  field === 'Sign in'
    ? '<input name="email"><input name="password" type="password"><button>Sign in</button>'
    : '<input type="hidden" name="accept" value="true"><button>Allow</button>'
}</form>`
const policy = { 'content-security-policy': "default-src 'none'; frame-ancestors 'none'", 'content-type': 'text/html' }

async function body(request) {
  let text = ''
  for await (const part of request) text += part
  return Object.fromEntries(new URLSearchParams(text))
}

class Pages {
  constructor(base, provider) {
    this.base = base
    this.provider = provider
  }

  ask(path, content, cookie = '') {
    const headers = { 'content-type': 'application/json', accept: 'application/json', origin: this.base, cookie }
    const asked = { method: 'POST', body: JSON.stringify(content), headers }
    return this.provider.handler(new Request(`${this.base}/api/auth${path}`, asked))
  }

  // What the plugin answers to a page is where the browser goes on to; without that, the page is shown again.
  async onwards(response, answer, page) {
    const said = await answer.json().catch(() => ({}))
    for (const cookie of answer.headers.getSetCookie()) response.appendHeader('set-cookie', cookie)
    const address = said.url ?? said.redirect_uri
    if (address) response.writeHead(303, { location: address }).end()
    else response.writeHead(403, policy).end(page)
  }

  async answer(request, response, { pathname, search }) {
    const page = form(pathname === '/sign-in' ? 'Sign in' : 'Consent')
    if (request.method !== 'POST') return response.writeHead(200, policy).end(page)
    const sent = { ...(await body(request)), oauth_query: search.slice(1) }
    const answer =
      pathname === '/sign-in'
        ? await this.ask('/sign-in/email', sent)
        : await this.ask('/oauth2/consent', { ...sent, accept: sent.accept === 'true' }, request.headers.cookie)
    return this.onwards(response, answer, page)
  }
}

async function register(pages) {
  const signedUp = await pages.ask('/sign-up/email', alice)
  const cookie = signedUp.headers.getSetCookie().map((each) => each.split(';')[0]).join('; ')
  for (const [name, { secret, ...metadata }] of Object.entries(clients)) {
    registering = name
    await pages.provider.api.adminCreateOAuthClient({ headers: new Headers({ cookie }), body: metadata })
  }
}

const server = http.createServer()
server.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${server.address().port}`
  const provider = authentication(base)
  const pages = new Pages(base, provider)
  await register(pages)
  const handler = toNodeHandler(provider)
  server.on('request', (request, response) => {
    const address = new URL(request.url, base)
    const ours = ['/sign-in', '/consent'].includes(address.pathname)
    const answered = ours ? pages.answer(request, response, address) : handler(request, response)
    answered?.catch?.(() => response.headersSent || response.writeHead(500).end())
  })
  console.log(JSON.stringify({ issuer: `${base}/api/auth`, version }))
})

// A test run that was killed takes its providers along: its end of the pipe closes.
process.stdin.resume().on('end', () => process.exit())
