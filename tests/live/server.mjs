// Starts oidc-provider on loopback and prints one line of JSON with its issuer and version. The first argument is JSON as well:
//   rotate       whether refresh tokens rotate; true without it
//   issuer       its address, where a proxy stands before it
//   ttl          lifetimes in seconds by the provider's names: AccessToken, AuthorizationCode, DeviceCode, IdToken, RefreshToken
//   pkceRequired whether a code_challenge is demanded of every client; false without it
//   nonce        whether DPoP proofs need a nonce; false without it
// Login and consent are oidc-provider's own development pages, which accept any user name and password.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import Provider, { errors } from 'oidc-provider'

const { version } = JSON.parse(readFileSync(new URL('./node_modules/oidc-provider/package.json', import.meta.url)))
const settings = JSON.parse(process.argv[2] ?? '{}')
const device = 'urn:ietf:params:oauth:grant-type:device_code'
const grants = ['authorization_code', 'refresh_token', 'client_credentials', device]
const resources = ['https://api.example/things', 'https://api.example/people']
const callback = 'https://app.example/callback'

const configuration = {
  clients: [
    { client_id: 'app', client_secret: 'the-secret-of-the-app-0001', redirect_uris: [callback], grant_types: grants },
    {
      client_id: 'second',
      client_secret: 'the-secret-of-the-second-0002',
      redirect_uris: [callback],
      grant_types: grants,
      token_endpoint_auth_method: 'client_secret_post',
    },
    {
      client_id: 'public',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token', device],
      token_endpoint_auth_method: 'none',
    },
    {
      client_id: 'native',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
  ],
  cookies: { keys: ['a key that signs the cookies of a test'] },
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (context, resource) => {
        if (!resources.includes(resource)) throw new errors.InvalidTarget()
        return { scope: 'openid offline_access', audience: resource, accessTokenFormat: 'jwt' }
      },
    },
    dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 1), requireNonce: () => settings.nonce ?? false },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  pkce: { required: () => settings.pkceRequired ?? false },
  rotateRefreshToken: settings.rotate ?? true,
  ttl: { AccessToken: 3600, AuthorizationCode: 60, IdToken: 3600, RefreshToken: 86400, ...settings.ttl },
}

const server = http.createServer()
server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`
  const issuer = settings.issuer ?? address
  const provider = new Provider(issuer, configuration)
  server.on('request', provider.callback())
  console.log(JSON.stringify({ issuer, version, address }))
})

// A test run that was killed takes its providers along: its end of the pipe closes.
process.stdin.resume().on('end', () => process.exit())
