// Starts @cloudflare/workers-oauth-provider on loopback and prints one line of JSON: its issuer, its version and its clients.
// The first argument is JSON: further options of OAuthAuthorizationServer.
//
// It runs on Node, with what it asks of Cloudflare's runtime in cloudflare.mjs. It has the endpoints; a user of it writes the
// login page, and tells it of clients.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Namespace } from './cloudflare.mjs'

const { AuthorizationError, OAuthAuthorizationServer } = await import('@cloudflare/workers-oauth-provider')

const packaged = new URL('../node_modules/@cloudflare/workers-oauth-provider/package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(packaged))
const settings = JSON.parse(process.argv[2] ?? '{}')

const callback = 'https://app.example/callback'
const alice = { username: 'alice', password: 'a-password-of-alice-0003' }
const scopes = ['read', 'write']
const page = `<!doctype html><title>Log in</title><form method="post">
<input name="username"><input name="password" type="password"><button>Log in</button></form>`
const policy = { 'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'" }

const show = (body, status = 200) =>
  new Response(body, { status, headers: { ...policy, 'Content-Type': 'text/html; charset=utf-8' } })

const listening = createServer()
await new Promise((ready) => listening.listen(0, '127.0.0.1', ready))
const issuer = `http://127.0.0.1:${listening.address().port}`
const resource = `${issuer}/me`
const provider = new OAuthAuthorizationServer({ issuer, resources: [resource], scopesSupported: scopes, ...settings })
const environment = { OAUTH_KV: new Namespace() }
const context = { waitUntil: () => {}, props: {} }
const api = provider.getOAuthApi(environment)

const registered = { redirectUris: [callback], grantTypes: ['authorization_code', 'refresh_token'] }
const made = {}
for (const [name, tokenEndpointAuthMethod] of [
  ['app', 'client_secret_basic'],
  ['second', 'client_secret_post'],
  ['public', 'none'],
]) {
  const { clientId, clientSecret } = await api.createClient({ ...registered, clientName: name, tokenEndpointAuthMethod })
  made[`${name}_id`] = clientId
  if (clientSecret) made[`${name}_secret`] = clientSecret
}

// A request of the client is checked before the page is shown, and again when it is sent.
async function authorize(request) {
  let asked
  try {
    asked = await api.parseAuthRequest(request)
  } catch (problem) {
    if (!(problem instanceof AuthorizationError)) throw problem
    if (problem.redirectTo) return Response.redirect(problem.redirectTo, 302)
    return show('<!doctype html><title>Error</title><p>That does not work', 400)
  }
  if (request.method === 'GET') return show(page)
  const sent = await request.formData()
  if (sent.get('username') !== alice.username || sent.get('password') !== alice.password) return show(page, 403)
  const scope = asked.scope.filter((each) => scopes.includes(each))
  const granted = { request: asked, userId: alice.username, metadata: {}, scope, props: { user: alice.username } }
  const { redirectTo } = await api.completeAuthorization(granted)
  return Response.redirect(redirectTo, 303)
}

// A resource as its users write them: the authorization server says whether the token is for it.
async function me(request) {
  const [scheme, token] = request.headers.get('authorization')?.split(' ') ?? []
  const refused = (more) => new Response(null, { status: 401, headers: { 'WWW-Authenticate': `Bearer realm="me"${more}` } })
  if (scheme?.toLowerCase() !== 'bearer') return refused('')
  const valid = await provider.validateToken(resource, token ?? '', environment)
  return valid ? Response.json({ scope: valid.scope }) : refused(', error="invalid_token"')
}

const pages = { '/authorize': authorize, '/me': me }

async function answer(request) {
  const own = pages[new URL(request.url).pathname]
  return own ? own(request) : provider.fetch(request, environment, context)
}

listening.on('request', getRequestListener(answer, { overrideGlobalObjects: false }))
console.log(JSON.stringify({ issuer, version, ...made }))

// A test run that was killed takes its providers along: its end of the pipe closes.
process.stdin.resume().on('end', () => process.exit())
