import { describe, expect, it } from 'vitest'
import { ConfigError, ENV_FIELDS, loadConfig } from '../../src/config/config.ts'
import type { EnvField, NumberField } from '../../src/config/env-fields.ts'

/** A longer timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Of variables that become timers, in milliseconds. A file is read by the clock ten times as long. */
const UNITS: readonly [RegExp, number][] = [
  [/^READ_SECONDS$/, 10_000],
  [/_SECONDS$|_TIMEOUT$/, 1000],
  [/_MS$/, 1],
]

function isNumber(field: EnvField<unknown>): field is NumberField<number | undefined> {
  return 'range' in field
}
const NUMBERS = Object.entries<EnvField<unknown>>(ENV_FIELDS).flatMap(([name, field]) =>
  isNumber(field) ? [{ name, field }] : [],
)

/** What somebody may type, or a script put there by accident. */
const ODD = [
  ['-1', -1],
  ['0', 0],
  ['1', 1],
  ['4294967296', 2 ** 32],
  ['2147483648', 2 ** 31],
  ['9007199254740993', 2 ** 53],
  ['9'.repeat(400), Number.POSITIVE_INFINITY],
  ['1e3', Number.NaN],
  ['0x10', Number.NaN],
  ['1_000', Number.NaN],
  ['1,000', Number.NaN],
  ['Infinity', Number.NaN],
  ['NaN', Number.NaN],
  ['١٢', Number.NaN],
  ['5s', Number.NaN],
  ['--5', Number.NaN],
  ['.5', Number.NaN],
] as const

/** Problems of this variable; others may be at odds with it. */
function refusalsOf(name: string, value: string): readonly string[] {
  try {
    loadConfig({ [name]: value })
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.filter(
      (problem) => problem.startsWith(name) && / must be a (whole )?number from /.test(problem),
    )
  }
}

describe('the numbers of the configuration', () => {
  it('are all bounded on both sides', () => {
    expect(NUMBERS.length).toBeGreaterThan(50)
    for (const { name, field } of NUMBERS) {
      const { min, max } = field.range
      expect([name, Number.isFinite(min), Number.isFinite(max)]).toEqual([name, true, true])
      const usual = field.fallback ?? min
      expect([name, min <= usual, usual <= max]).toEqual([name, true, true])
    }
  })

  it('are never more than a timer can wait', () => {
    const timers = NUMBERS.flatMap(({ name, field }) => {
      const [, unit] = UNITS.find(([pattern]) => pattern.test(name)) ?? []
      return unit === undefined ? [] : [{ name, ms: field.range.max * unit }]
    })
    expect(timers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['LLM_TIMEOUT', 'SHUTDOWN_SECONDS', 'POOL_IDLE_SECONDS']),
    )
    expect(timers.filter(({ ms }) => ms > LONGEST_TIMER_MS)).toEqual([])
  })

  it('are taken within their range and refused with it beyond, whatever is written', () => {
    let tried = 0
    for (const { name, field } of NUMBERS) {
      const { min, max } = field.range
      const step = Number.isInteger(min) && Number.isInteger(max) ? 1 : 0.01
      const values = [min - step, min, max, max + step].map((value) => [`${value}`, value] as const)
      for (const [written, value] of [...values, ...ODD]) {
        const fits = value >= min && value <= max
        expect([name, written, refusalsOf(name, written).length]).toEqual([
          name,
          written,
          fits ? 0 : 1,
        ])
        tried++
      }
    }
    console.log(`${NUMBERS.length} numbers of the configuration, ${tried} values tried`)
  })
})
