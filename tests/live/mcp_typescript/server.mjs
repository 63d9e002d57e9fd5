// Starts the authorization server of the MCP SDK for TypeScript on loopback and prints one line of JSON: its issuer, its
// version and its clients. The first argument is JSON: `rateLimit` is what the SDK's handlers are given, false without it.
//
// The SDK has the endpoints; a user of it writes what stands behind them, and does so here as the comments of
// OAuthServerProvider say: clients, a login page, codes of one minute that work once, opaque tokens, rotation, families.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import express from 'express'
import { InvalidGrantError, InvalidScopeError, InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import { mcpAuthRouter } from '@modelcontextprotocol/sdk/server/auth/router.js'

process.env.NODE_ENV = 'production' // as Express has it, which else shows where in the code an error is
const packaged = new URL('../node_modules/@modelcontextprotocol/sdk/package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(packaged))
const settings = JSON.parse(process.argv[2] ?? '{}')
const callback = 'https://app.example/callback'
const alice = { username: 'alice', password: 'a-password-of-alice-0003' }
const scopes = ['read', 'write']
const hour = 3600
const day = 24 * hour

const registered = (client_id, client_secret) => ({
  client_id,
  client_secret,
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: client_secret ? 'client_secret_post' : 'none',
})
const clients = new Map(
  [
    registered('app', 'the-secret-of-the-app-0001'),
    registered('second', 'the-secret-of-the-second-0002'),
    registered('public'),
  ].map((client) => [client.client_id, client]),
)

const now = () => Math.floor(Date.now() / 1000)
const secret = () => randomBytes(24).toString('base64url')

// A grant is what the user has allowed; all its tokens end with it.
class Provider {
  clientsStore = { getClient: (id) => clients.get(id) }
  #asked = new Map()
  #codes = new Map()
  #access = new Map()
  #refresh = new Map()

  async authorize(client, params, response) {
    if (params.scopes.some((scope) => !scopes.includes(scope))) throw new InvalidScopeError('There is no such scope')
    const ticket = secret()
    this.#asked.set(ticket, { client: client.client_id, ...params })
    response.redirect(`/login?ticket=${ticket}`)
  }

  // What the login page does once the password is right: the address that the browser goes on to.
  loggedIn(ticket) {
    const asked = this.#asked.get(ticket)
    if (!asked) return undefined
    this.#asked.delete(ticket)
    const code = secret()
    this.#codes.set(code, { ...asked, grant: { client: asked.client, scopes: asked.scopes }, until: now() + 60 })
    const address = new URL(asked.redirectUri)
    address.searchParams.set('code', code)
    if (asked.state !== undefined) address.searchParams.set('state', asked.state)
    return address.href
  }

  // What a code or a refresh token stands for; one that comes again ends its grant.
  #once(held, client, name) {
    if (held?.client !== client.client_id || held.until < now()) throw new InvalidGrantError(`There is no such ${name}`)
    if (held.used) held.grant.ended = true
    if (held.grant.ended) throw new InvalidGrantError(`The ${name} is no longer good`)
    return held
  }

  // Who does not know the verifier ends nothing by a used code: the SDK compares it before the exchange.
  async challengeForAuthorizationCode(client, code) {
    const held = this.#codes.get(code)
    if (held?.client !== client.client_id) throw new InvalidGrantError('There is no such code')
    return held.codeChallenge
  }

  async exchangeAuthorizationCode(client, code, verifier, redirectUri) {
    const held = this.#once(this.#codes.get(code), client, 'code')
    if (redirectUri !== undefined && redirectUri !== held.redirectUri) {
      throw new InvalidGrantError('The redirect_uri is another one')
    }
    held.used = true
    return this.#tokens(held.grant, held.grant.scopes)
  }

  async exchangeRefreshToken(client, token, asked) {
    const held = this.#once(this.#refresh.get(token), client, 'refresh token')
    const wanted = asked?.filter(Boolean) ?? []
    if (wanted.some((scope) => !held.grant.scopes.includes(scope))) throw new InvalidScopeError('That was not granted')
    held.used = true
    return this.#tokens(held.grant, wanted.length ? wanted : held.grant.scopes)
  }

  #tokens(grant, scopes) {
    const access_token = secret()
    const refresh_token = secret()
    this.#access.set(access_token, { grant, client: grant.client, scopes, expiresAt: now() + hour })
    this.#refresh.set(refresh_token, { grant, client: grant.client, until: now() + day })
    return { access_token, token_type: 'Bearer', expires_in: hour, scope: scopes.join(' '), refresh_token }
  }

  async verifyAccessToken(token) {
    const held = this.#access.get(token)
    if (!held || held.grant.ended) throw new InvalidTokenError('There is no such token')
    return { token, clientId: held.client, scopes: held.scopes, expiresAt: held.expiresAt }
  }

  async revokeToken(client, { token }) {
    const held = this.#access.get(token) ?? this.#refresh.get(token)
    if (held?.client === client.client_id) held.grant.ended = true
  }
}

const page = `<!doctype html><title>Log in</title><form method="post">
<input name="username"><input name="password" type="password"><button>Log in</button></form>`
const show = (response) => response.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'").send(page)

const server = express().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider()
  const options = { rateLimit: settings.rateLimit ?? false }
  const application = express()
  application.use(
    mcpAuthRouter({
      provider,
      issuerUrl: new URL(issuer),
      scopesSupported: scopes,
      authorizationOptions: options,
      tokenOptions: options,
      revocationOptions: options,
    }),
  )
  application.get('/login', (request, response) => show(response))
  application.post('/login', express.urlencoded({ extended: false }), (request, response) => {
    const { username, password } = request.body
    const right = username === alice.username && password === alice.password
    const address = right ? provider.loggedIn(request.query.ticket) : undefined
    if (address) response.redirect(303, address)
    else show(response.status(403))
  })
  application.get('/me', requireBearerAuth({ verifier: provider }), (request, response) => {
    response.json({ client: request.auth.clientId, scopes: request.auth.scopes })
  })
  server.removeAllListeners('request')
  server.on('request', application)
  console.log(JSON.stringify({ issuer, version }))
})

// A test run that was killed takes its providers along: its end of the pipe closes.
process.stdin.resume().on('end', () => process.exit())
