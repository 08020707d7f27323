import { describe, expect, it, vi } from 'vitest'
import type { AuditFields } from '../../../src/tenancy/audit/audit-chain.ts'
import { StrangerTally } from '../../../src/tenancy/audit/stranger-tally.ts'

function start() {
  const lines: AuditFields[] = []
  let now = Date.parse('2026-01-01T00:00:00Z')
  const tally = new StrangerTally({ record: (fields) => lines.push(fields) }, () => now)
  return {
    lines,
    tally,
    wait: (minutes: number) => {
      now += minutes * 60_000
    },
  }
}

const refused = (code: string, address: string, more: Partial<AuditFields> = {}) => ({
  event: 'refused',
  code,
  status: 401,
  route: 'GET /documents',
  address,
  request: `request from ${address}`,
  ...more,
})

describe('refusals of strangers', () => {
  it('are told of once in full, and then as a number', () => {
    const { lines, tally, wait } = start()
    for (let i = 0; i < 5000; i += 1) tally.add(refused('bad_api_key', `192.0.2.${i % 50}`))
    expect(lines).toEqual([refused('bad_api_key', '192.0.2.0')])
    wait(10)
    tally.add(refused('bad_api_key', '198.51.100.1'))
    expect(lines).toEqual([
      refused('bad_api_key', '192.0.2.0'),
      {
        event: 'refused',
        code: 'bad_api_key',
        status: 401,
        count: 4999,
        addresses: 50,
        since: '2026-01-01T00:00:00.000Z',
      },
      refused('bad_api_key', '198.51.100.1'),
    ])
  })

  it('are counted by kind, and failed logins by user', () => {
    const { lines, tally } = start()
    const failed = (user: string) => refused('', '192.0.2.1', { event: 'sign_in_failed', user })
    for (let i = 0; i < 3; i += 1) {
      tally.add(refused('bad_api_key', '192.0.2.1'))
      tally.add(refused('missing_credential', '192.0.2.1'))
      tally.add(failed('u-ann'))
      tally.add(failed('u-bob'))
    }
    tally.close()
    const counted = lines.slice(4).map(({ event, code, user, count }) => [event, code, user, count])
    expect(counted).toEqual([
      ['refused', 'bad_api_key', undefined, 2],
      ['refused', 'missing_credential', undefined, 2],
      ['sign_in_failed', '', 'u-ann', 2],
      ['sign_in_failed', '', 'u-bob', 2],
    ])
  })

  it('make few lines however many names are tried', () => {
    const { lines, tally, wait } = start()
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 10_000; i += 1) {
        tally.add(refused('', `192.0.2.${i % 200}`, { event: 'sign_in_failed', user: `u-${i}` }))
      }
      wait(10)
    }
    tally.close()
    expect(lines.length).toBeLessThan(3 * 60)
    const told = lines.reduce((sum, { count }) => sum + Number(count ?? 1), 0)
    expect(told).toBe(30_000)
    expect(Math.max(...lines.map(({ addresses }) => Number(addresses ?? 0)))).toBe(100)
  })

  it('are told of when the time is over, also when no other comes', () => {
    vi.useFakeTimers()
    try {
      const lines: AuditFields[] = []
      const tally = new StrangerTally({ record: (fields) => lines.push(fields) })
      for (let i = 0; i < 3; i += 1) tally.add(refused('bad_token', '192.0.2.1'))
      expect(lines).toHaveLength(1)
      vi.advanceTimersByTime(10 * 60_000)
      expect(lines).toHaveLength(2)
      vi.advanceTimersByTime(60 * 60_000)
      expect(lines).toHaveLength(2)
      tally.close()
    } finally {
      vi.useRealTimers()
    }
  })
})
