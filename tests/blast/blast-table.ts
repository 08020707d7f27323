import { type BlastLine, ratioOf } from './blast.ts'

type Column = readonly [title: string, width: number, value: (line: BlastLine) => string]

const COLUMNS: readonly Column[] = [
  ['attack', 34, ({ attack }) => attack.name],
  ['requests', 8, ({ attacked }) => String(attacked.others.requests)],
  ['failed', 6, ({ attacked }) => String(attacked.others.failed)],
  ['p50', 6, ({ attacked }) => ms(attacked.others.p50)],
  ['p99', 6, ({ attacked }) => ms(attacked.others.p99)],
  ['control', 7, ({ control }) => ms(control?.others.p99 ?? 0)],
  ['ratio', 5, (line) => ratioOf(line).toFixed(2)],
  ['hold', 6, ({ attacked }) => ms(attacked.holds.ownMs)],
  ['+queue', 6, ({ attacked }) => ms(attacked.holds.longestMs)],
  ['front', 5, ({ attacked }) => (attacked.up ? 'up' : 'ENDED')],
  ['cpu', 4, ({ attacked }) => attacked.cpuPerSecond.toFixed(2)],
  ['same', 4, ({ control }) => (control?.cpuPerSecond ?? 0).toFixed(2)],
  ['MB', 4, ({ attacked }) => String(attacked.peakMegabytes)],
]

/**
 * Times in milliseconds: of the others' requests, of the same beside honest work, and the longest for
 * which the front's event loop stood still, without and with its wait for a processor. Then the
 * processor time a second under the attack and in the control, the front's peak memory, what the
 * others were answered when they failed, and what the attacker was answered.
 */
export function tableHead(): string {
  return `${COLUMNS.map(([title, width]) => pad(title, width)).join(' ')} answers`
}

export function tableLine(line: BlastLine): string {
  const cells = COLUMNS.map(([, width, value]) => pad(value(line), width)).join(' ')
  const { others, answers } = line.attacked
  const failures = others.failures.length === 0 ? '' : ` others: ${counts(others.failures)};`
  const control = line.control?.others.failed
    ? ` control failed: ${line.control.others.failed};`
    : ''
  return `${cells}${failures}${control} ${counts(answers)}`
}

function counts(list: readonly (readonly [string, number])[]): string {
  return list.map(([what, count]) => `${what}×${count}`).join(' ')
}

function pad(text: string, width: number): string {
  return width > 20 ? text.padEnd(width) : text.padStart(width)
}

function ms(time: number): string {
  return time < 10 ? time.toFixed(1) : String(Math.round(time))
}
