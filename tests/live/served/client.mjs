// openid-client walks through a login and its refreshes at a provider that is being served, and prints what it got as a line
// of JSON. Its one argument is JSON: discovery, client_id, client_secret, redirect_uri, scope, username, password, control.
import * as client from 'openid-client'

const given = JSON.parse(process.argv[2])

const config = await client.discovery(
  new URL(given.discovery), given.client_id, undefined, client.ClientSecretBasic(given.client_secret),
  { execute: [client.allowInsecureRequests] },
)
const verifier = client.randomPKCECodeVerifier()
const state = client.randomState(), nonce = client.randomNonce()
const asked = client.buildAuthorizationUrl(config, {
  redirect_uri: given.redirect_uri, scope: given.scope, state, nonce, prompt: 'consent',
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
})

const came = await browse(asked)
const login = await client.authorizationCodeGrant(config, came, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce })
const first = await client.refreshTokenGrant(config, login.refresh_token)
const control = await fetch(given.control, { method: 'POST', body: JSON.stringify({ advance: '+2h' }) })
const second = await client.refreshTokenGrant(config, first.refresh_token ?? login.refresh_token)
const user = await client.fetchUserInfo(config, second.access_token, login.claims().sub)
const forged = await client.refreshTokenGrant(config, 'a-refresh-token-of-nobody').catch((error) => error.error)

console.log(JSON.stringify({
  sub: login.claims().sub, user: user.sub, moved: control.status, forged,
  tokens: new Set([login.access_token, first.access_token, second.access_token]).size,
}))

// What a user's browser does: it keeps cookies, follows redirects, and sends the forms of the pages.
async function browse (url) {
  const cookies = new Map()
  let request = { method: 'GET' }
  for (let steps = 0; steps < 20; steps++) {
    if (url.href.startsWith(given.redirect_uri)) return url
    const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
    const answer = await fetch(url, { ...request, headers, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      cookies.set(name, value)
    }
    const location = answer.headers.get('location')
    if (location !== null) {
      [url, request] = [new URL(location, url), { method: 'GET' }]
      continue
    }
    const page = await answer.text()
    const form = new URLSearchParams()
    for (const [, name, value] of page.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)) form.set(name, value)
    if (page.includes('name="username"')) for (const name of ['username', 'password']) form.set(name, given[name])
    else form.set('decision', 'allow')
    const action = /<form method="post" action="([^"]*)"/.exec(page)
    if (action === null) throw new Error(`no form: ${page}`)
    ;[url, request] = [new URL(action[1].replaceAll('&amp;', '&'), url), { method: 'POST', body: form }]
  }
  throw new Error('the login does not end')
}
