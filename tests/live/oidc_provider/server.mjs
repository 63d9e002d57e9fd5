// Starts oidc-provider on loopback, over TLS that asks for client certificates, and prints one line of JSON: its issuer,
// and the private keys (JWK) of the clients that sign. The first argument is JSON as well:
//   certificates  the folder of tests/certificates.py
//   fapi          whether FAPI 2.0 is switched on: the issuer alone is audience, and PKCE is demanded; false without it
//   jwt           whether users' access tokens are JWTs for a resource too, as those of services are; false without it
//   pushed        whether authorization requests must be pushed; false without it
// Login and consent are oidc-provider's own development pages, which accept any user name and password.
import { X509Certificate, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import https from 'node:https'
import Provider, { errors } from 'oidc-provider'

const { version } = JSON.parse(readFileSync(new URL('../node_modules/oidc-provider/package.json', import.meta.url)))
const settings = JSON.parse(process.argv[2])
const pem = (name) => readFileSync(`${settings.certificates}/${name}`)
const callback = 'https://app.example/callback'
const resources = ['https://api.example/things', 'https://api.example/people']
const user = {
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'implicit', 'refresh_token'],
  response_types: ['code', 'code id_token'],
  id_token_signed_response_alg: settings.fapi ? 'PS256' : 'RS256',
}
const service = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }
const proved = { dpop_bound_access_tokens: settings.fapi ?? false }
const confirmed = { tls_client_certificate_bound_access_tokens: true }

// By way of PEM: node 20 locks up where it exports a key as JWK and collects what has generated it at the same moment.
const generated = (type, options) =>
  createPrivateKey(
    generateKeyPairSync(type, {
      ...options,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).privateKey,
  )
const signing = {
  RS256: generated('rsa', { modulusLength: 2048 }),
  PS256: generated('rsa', { modulusLength: 2048 }),
  ES256: generated('ec', { namedCurve: 'P-256' }),
}
const key = (alg) => jwk(generated('rsa', { modulusLength: 2048 }), alg)
const jwk = (key, alg) => ({ ...key.export({ format: 'jwk' }), alg, kid: `of-${alg}` })
const signs = (alg) => ({
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: alg,
  jwks: { keys: [{ ...jwk(createPublicKey(signing[alg]), alg), use: 'sig' }] },
})

function selfSigned(name) {
  const certificate = new X509Certificate(pem(`${name}.pem`))
  return { keys: [{ ...certificate.publicKey.export({ format: 'jwk' }), x5c: [certificate.raw.toString('base64')] }] }
}

const clients = [
  ...Object.keys(signing).map((alg) => ({ client_id: `signs-${alg}`, ...user, ...signs(alg), ...proved })),
  ...Object.keys(signing).map((alg) => ({ client_id: `${alg}-service`, ...service, ...signs(alg), ...proved })),
  {
    client_id: 'HS256-service',
    ...service,
    client_secret: 'the-secret-of-a-client-that-signs-0004',
    token_endpoint_auth_method: 'client_secret_jwt',
  },
  ...['app', 'other'].map((name) => ({
    client_id: name,
    ...user,
    ...confirmed,
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: `CN=${name}`,
  })),
  {
    client_id: 'service',
    ...service,
    ...confirmed,
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    jwks: selfSigned('service'),
  },
  { client_id: 'public', ...user, ...confirmed, token_endpoint_auth_method: 'none' },
]

const configuration = {
  clients,
  clientAuthMethods: [
    'client_secret_basic',
    'client_secret_post',
    'client_secret_jwt',
    'private_key_jwt',
    'tls_client_auth',
    'self_signed_tls_client_auth',
    'none',
  ],
  responseTypes: ['code', 'code id_token'],
  enabledJWA: {
    clientAuthSigningAlgValues: settings.fapi ? ['PS256', 'ES256', 'EdDSA'] : ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'],
  },
  claims: { profile: ['name'] },
  jwks: { keys: ['RS256', 'PS256'].map((alg) => ({ ...key(alg), use: 'sig' })) },
  cookies: { keys: ['a key that signs the cookies of a test'] },
  features: {
    clientCredentials: { enabled: true },
    dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 1) },
    fapi: { enabled: settings.fapi ?? false, profile: '2.0' },
    introspection: { enabled: true },
    mTLS: {
      enabled: true,
      certificateBoundAccessTokens: true,
      selfSignedTlsClientAuth: true,
      tlsClientAuth: true,
      getCertificate: (context) => context.socket.getPeerX509Certificate(),
      certificateAuthorized: (context) => context.socket.authorized,
      certificateSubjectMatches: (context, property, expected) =>
        context.socket.getPeerX509Certificate().subject === expected,
    },
    pushedAuthorizationRequests: { enabled: settings.pushed ?? false, requirePushedAuthorizationRequests: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (context, client) => (settings.jwt || client.redirectUris.length === 0 ? resources[0] : undefined),
      useGrantedResource: () => true,
      getResourceServerInfo: (context, resource) => {
        if (!resources.includes(resource)) throw new errors.InvalidTarget()
        return { scope: 'openid offline_access read write', audience: resource, accessTokenFormat: 'jwt' }
      },
    },
    revocation: { enabled: true },
  },
  pkce: { required: () => settings.fapi ?? false },
  rotateRefreshToken: !settings.fapi,
  ttl: { AccessToken: 3600, AuthorizationCode: 60, ClientCredentials: 3600, IdToken: 3600, RefreshToken: 86400 },
}

const server = https.createServer({
  key: pem('server.key'),
  cert: pem('server.pem'),
  ca: pem('ca.pem'),
  requestCert: true,
  rejectUnauthorized: false,
})
server.listen(0, '127.0.0.1', () => {
  const issuer = `https://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, configuration)
  server.on('request', provider.callback())
  const keys = Object.entries(signing).map(([alg, privateKey]) => [alg, JSON.stringify(jwk(privateKey, alg))])
  console.log(JSON.stringify({ issuer, version, ...Object.fromEntries(keys) }))
})

// A test run that was killed takes its providers along: its end of the pipe closes.
process.stdin.resume().on('end', () => process.exit())
