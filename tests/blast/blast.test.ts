import { describe, expect, it } from 'vitest'
import type { Attack } from './attack.ts'
import { ATTACK_KINDS } from './attack-kinds.ts'
import { faultsOf } from './blast.ts'
import { type Played, playAttack } from './play-attack.ts'

const ATTACKS = ATTACK_KINDS.flatMap(({ attacks }) => attacks)

/** A busy machine is no reason for somebody to be failed, nor for the server to refuse anybody. */
const SETTINGS = {
  cli: process.env.TENANTRAG_TEST_CLI ?? '',
  seconds: 2,
  patienceMs: 120_000,
  env: { MAX_EVENT_LOOP_DELAY_MS: '0' },
}

function named(name: string): Attack {
  const found = ATTACKS.find((attack) => attack.name === name)
  if (found === undefined) throw new Error(`There is no attack ${name}.`)
  return found
}

describe('a server that is attacked', () => {
  it.each([
    'invitation-of-45-MB',
    'file-forms-that-unfold',
    'hubs-of-10000-ties',
    'streams-abandoned',
  ])('goes on, and serves the others, under %s', async (name) => {
    const { others, up, answers } = await playAttack(SETTINGS, named(name))
    expect(others.failures).toEqual([])
    expect(others.requests).toBe(20 * 2 * SETTINGS.seconds)
    expect(up).toBe(true)
    expect(answers.length).toBeGreaterThan(0)
  })
})

describe('the attacks', () => {
  it('are at least forty, of at least twelve kinds, each of one name', () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(40)
    expect(ATTACK_KINDS.length).toBeGreaterThanOrEqual(12)
    expect(new Set(ATTACKS.map(({ name }) => name)).size).toBe(ATTACKS.length)
  })

  it('are held when nobody failed, nobody waited longer than beside an honest tenant, and the front never stood still', () => {
    const played: Played = {
      others: { requests: 400, failures: [], failed: 0, p50: 5, p99: 30 },
      holds: { longestMs: 80, ownMs: 40 },
      up: true,
      cpuPerSecond: 0.5,
      peakMegabytes: 200,
      answers: [['200', 3]],
    }
    expect(faultsOf(played, { ...played, others: { ...played.others, p99: 21 } })).toEqual([])
    const control = { ...played, others: { ...played.others, p99: 19 } }
    const broken: Played = {
      ...played,
      others: { ...played.others, failures: [['503', 2]], failed: 2 },
      holds: { longestMs: 80, ownMs: 51 },
      up: false,
      answers: [],
    }
    expect(faultsOf(broken, control)).toEqual([
      'the attack was not played',
      'the front ended',
      '2 requests of others failed',
      'the front stood still for 51 ms',
      'others waited 1.6 times as long',
    ])
  })
})
