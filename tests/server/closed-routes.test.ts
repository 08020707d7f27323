import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteShorthandOptions } from 'fastify'
import { beforeAll, describe, expect, it } from 'vitest'
import { WITH_TENANTS, withServer } from '../contract/api-description.ts'

const WHOLE = {
  access: 'document:read',
  doc: { tag: 'Server', summary: 'Was planted' },
} as const

const PLANTED: Readonly<Record<string, RouteShorthandOptions>> = {
  'no access': { config: { doc: WHOLE.doc } },
  'no words': { config: { access: WHOLE.access } },
  nothing: {},
}

interface Attempt {
  readonly registrar: string
  readonly lacks: string
  readonly refusal: string
}

/** What each plugin that registers routes meets in the real server when it forgets something. */
async function plantEverywhere(): Promise<Attempt[]> {
  const attempts: Attempt[] = []
  const plant = (scope: FastifyInstance) => {
    const registrar = scope.pluginName
    for (const [lacks, options] of Object.entries(PLANTED)) {
      let refusal = 'none'
      try {
        scope.get(`/planted/${attempts.length}`, options, async () => 'planted')
      } catch (error) {
        refusal = String(error)
      }
      attempts.push({ registrar, lacks, refusal })
    }
  }
  const start = startWith((app) => app.addHook('onRegister', plant))
  // It does not come about: some were planted outside the boundary, and seen before the refusal.
  await start.catch(() => undefined)
  return attempts
}

/** Starts the real server, which is prepared before it registers anything. */
async function startWith(prepare: (app: FastifyInstance) => unknown): Promise<void> {
  let app: FastifyInstance | undefined
  const onServer = (message: unknown) => {
    const { fastify } = message as { readonly fastify: FastifyInstance }
    app = fastify
    prepare(app)
  }
  subscribe('fastify.initialization', onServer)
  try {
    await withServer(() => undefined, WITH_TENANTS)
  } finally {
    unsubscribe('fastify.initialization', onServer)
    await app?.close()
  }
}

describe('a route of the server', () => {
  let attempts: Attempt[]
  beforeAll(async () => {
    attempts = await plantEverywhere()
  })

  it('is refused without its access, whichever plugin declares it', () => {
    const open = attempts.filter(
      ({ lacks, refusal }) =>
        lacks !== 'no words' && !/No permission is declared|has no `config.access`/.test(refusal),
    )
    expect(open).toEqual([])
  })

  it('is refused without words for the description, whichever plugin declares it', () => {
    const mute = attempts.filter(
      ({ lacks, refusal }) => lacks === 'no words' && !refusal.includes('has no `config.doc`'),
    )
    expect(mute).toEqual([])
  })

  it('stops the start where nobody looks at who calls', async () => {
    let planted = false
    const start = startWith((server) => {
      // The first plugins are the pages of the description, outside the boundary.
      server.addHook('onRegister', (scope) => {
        if (!planted) scope.get('/planted', { config: WHOLE }, async () => 'planted')
        planted = true
      })
    })
    await expect(start).rejects.toThrow('Nobody looks at who calls GET /planted')
  })

  it('was tried in all plugins', () => {
    const tried = new Set(attempts.map(({ registrar }) => registrar))
    console.log(`Routes planted: ${attempts.length} in ${tried.size} plugins`)
    for (const name of ['documentRoutes', 'queryRoutes', 'authRoutes', 'kbRoutes', 'teamRoutes']) {
      expect(tried).toContain(name)
    }
    expect(attempts.length).toBeGreaterThan(100)
  })
})
