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
  const onServer = (message: unknown) => {
    const { fastify } = message as { readonly fastify: FastifyInstance }
    fastify.addHook('onRegister', plant)
  }
  subscribe('fastify.initialization', onServer)
  try {
    await withServer(() => undefined, WITH_TENANTS)
  } finally {
    unsubscribe('fastify.initialization', onServer)
  }
  return attempts
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

  it('was tried in all plugins', () => {
    const tried = new Set(attempts.map(({ registrar }) => registrar))
    console.log(`Routes planted: ${attempts.length} in ${tried.size} plugins`)
    for (const name of ['documentRoutes', 'queryRoutes', 'authRoutes', 'kbRoutes', 'teamRoutes']) {
      expect(tried).toContain(name)
    }
    expect(attempts.length).toBeGreaterThan(100)
  })
})
