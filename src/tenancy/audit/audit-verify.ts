import {
  type AuditChain,
  type AuditHead,
  type AuditMark,
  ORIGIN,
  parseAuditLine,
} from './audit-chain.ts'
import { auditFiles, readAuditFile, readHeadFile } from './audit-files.ts'

export interface AuditReport {
  readonly lines: number
  /** One sentence for each thing that is wrong; none for a whole log. */
  readonly problems: readonly string[]
  /** The last line that follows from all before it. */
  readonly last: AuditMark
}

/** Most problems that are told one by one. */
const MOST = 20

/**
 * Reads the whole log and finds a line that is missing, was altered, moved or cut off.
 *
 * What it cannot find: a log whose every line and head were written anew by somebody who has the
 * key, and one that was put back with its head to an older state.
 */
export async function verifyAudit(root: string, chain: AuditChain): Promise<AuditReport> {
  const problems: string[] = []
  const head = await readHead(root, chain, problems)
  const check = new ChainCheck(chain, head, problems)
  for (const name of await auditFiles(root)) {
    const text = (await readAuditFile(root, name)) ?? ''
    for (const [index, line] of linesOf(text).entries()) check.take(line, `${name}:${index + 1}`)
    if (text !== '' && !text.endsWith('\n')) problems.push(`${name}: the last line is cut off`)
  }
  const { lines, last, sawEnd } = check
  if (head !== undefined && !sawEnd) problems.push(endMissing(head, last))
  if (head === undefined && lines > 0 && problems.length === 0) {
    problems.push('audit.head is missing: lines may have been cut off at the end')
  }
  const told = problems.slice(0, MOST)
  if (problems.length > MOST) told.push(`and ${problems.length - MOST} more`)
  return { lines, problems: told, last }
}

class ChainCheck {
  readonly #chain: AuditChain
  readonly #end: AuditMark
  readonly #problems: string[]
  last: AuditMark
  lines = 0
  /** Whether the line that the head calls the last one was there. */
  sawEnd: boolean

  constructor(chain: AuditChain, head: AuditHead | undefined, problems: string[]) {
    this.#chain = chain
    this.#problems = problems
    this.last = head?.first ?? ORIGIN
    this.#end = head?.last ?? ORIGIN
    this.sawEnd = this.#end.seq === this.last.seq
  }

  take(text: string, where: string): void {
    const line = parseAuditLine(text)
    if (line === undefined) {
      this.#problems.push(`${where}: is no audit line`)
      return
    }
    this.lines += 1
    // Read again as text: a second field of the same name would hide behind the first.
    const whole = JSON.stringify(line) === text && this.#chain.follows(this.last, line)
    if (!whole) this.#problems.push(broken(where, this.last, line.seq))
    this.last = { seq: line.seq, mac: line.mac }
    if (line.seq === this.#end.seq) this.sawEnd = line.mac === this.#end.mac
  }
}

async function readHead(
  root: string,
  chain: AuditChain,
  problems: string[],
): Promise<AuditHead | undefined> {
  const text = await readHeadFile(root)
  if (text === undefined) return undefined
  const head = chain.openHead(text)
  if (head === undefined) problems.push('audit.head: was altered, or belongs to another key')
  return head
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function broken(where: string, previous: AuditMark, seq: number): string {
  if (seq === previous.seq + 1) return `${where}: line ${seq} was altered, or the one before it`
  return `${where}: line ${seq} comes after line ${previous.seq}`
}

function endMissing({ last }: AuditHead, found: AuditMark): string {
  if (found.seq < last.seq)
    return `The log ends with line ${found.seq}; line ${last.seq} was written`
  return `Line ${last.seq} is not the one that was written`
}
