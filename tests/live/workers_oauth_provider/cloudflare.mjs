// What Cloudflare's runtime has and Node has not: the module of workers, as far as the library asks for it, and a KV namespace.
import { register } from 'node:module'

const workers = 'data:text/javascript,export class WorkerEntrypoint {}'
const hooks = `export const resolve = (name, context, next) =>
  name === 'cloudflare:workers' ? { url: ${JSON.stringify(workers)}, shortCircuit: true } : next(name, context)`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)

export class Namespace {
  #held = new Map()

  #living(name) {
    const held = this.#held.get(name)
    return held && held.until > Date.now() ? held : undefined
  }

  async get(name, { type } = {}) {
    const held = this.#living(name)
    if (!held) return null
    return type === 'json' ? JSON.parse(held.value) : held.value
  }

  async put(name, value, { expiration = Infinity, expirationTtl = Infinity, metadata } = {}) {
    const until = Math.min(expiration * 1000, Date.now() + expirationTtl * 1000)
    this.#held.set(name, { value, until, metadata })
  }

  async delete(name) {
    this.#held.delete(name)
  }

  async list({ prefix = '' } = {}) {
    const names = [...this.#held.keys()].filter((name) => name.startsWith(prefix) && this.#living(name))
    const keys = names.sort().map((name) => ({ name, metadata: this.#held.get(name).metadata }))
    return { keys, list_complete: true }
  }
}
