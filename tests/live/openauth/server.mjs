// Starts OpenAuth on loopback and prints one line of JSON: its issuer and its version. The first argument is JSON: `ttl` is
// what its issuer is given.
//
// It has the endpoints, the storage and the pages; a user of it says who its clients and its users are.
import { readFileSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { issuer } from '@openauthjs/openauth'
import { createClient } from '@openauthjs/openauth/client'
import { PasswordProvider, ScryptHasher } from '@openauthjs/openauth/provider/password'
import { MemoryStorage } from '@openauthjs/openauth/storage/memory'
import { createSubjects } from '@openauthjs/openauth/subject'
import { PasswordUI } from '@openauthjs/openauth/ui/password'
import { z } from 'zod'

const packaged = new URL('../node_modules/@openauthjs/openauth/package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(packaged))
const settings = JSON.parse(process.argv[2] ?? '{}')

const alice = { email: 'alice@example.org', password: 'a-password-of-alice-0003' }
const clients = ['app', 'second']
const callback = 'https://app.example/callback'

// It is made for runtimes that have this; Node has it from version 22 on.
Array.fromAsync ??= async (items) => {
  const all = []
  for await (const item of items) all.push(item)
  return all
}

// Each request is written to the standard output, where the line of JSON is to stand alone.
console.log = () => {}

const subjects = createSubjects({ user: z.object({ email: z.string() }) })
const storage = MemoryStorage()
await storage.set(['email', alice.email, 'password'], await ScryptHasher().hash(alice.password))

const application = issuer({
  subjects,
  storage,
  ttl: settings.ttl,
  providers: { password: PasswordProvider(PasswordUI({ sendCode: async () => {} })) },
  allow: async ({ clientID, redirectURI }) => clients.includes(clientID) && redirectURI === callback,
  success: async (context, { email }) => context.subject('user', { email }),
})

const server = serve({ fetch: application.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  const address = `http://127.0.0.1:${port}`
  const client = createClient({ clientID: 'app', issuer: address })

  // A resource as its users write them: the client that comes along verifies the token.
  application.get('/me', async (context) => {
    const [scheme, token] = context.req.header('authorization')?.split(' ') ?? []
    if (scheme?.toLowerCase() !== 'bearer') return refused(context, 'Bearer realm="me"')
    const verified = await client.verify(subjects, token ?? '')
    if (verified.err) return refused(context, 'Bearer realm="me", error="invalid_token"')
    return context.json(verified.subject.properties)
  })
  process.stdout.write(`${JSON.stringify({ issuer: address, version })}\n`)
})

const refused = (context, challenge) => context.body(null, 401, { 'WWW-Authenticate': challenge })

// A test run that was killed takes its providers along: its end of the pipe closes.
process.stdin.resume().on('end', () => process.exit())
server.unref?.()
