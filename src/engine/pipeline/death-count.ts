import type { DeathCount, InterruptedDocument } from '../ports/document-record.ts'

/** Processes that may end by the work on a document before it is given up. */
const MOST_DEATHS = 2

/** @param how the process ended */
export function deathCount({ step, deaths: before }: InterruptedDocument, how: string): DeathCount {
  const deaths = before + 1
  const failed = deaths >= MOST_DEATHS
  const times = deaths === 1 ? 'the server' : `${deaths} servers in a row`
  const errorMsg = `The work on this document ended ${times} (step: ${step || 'read'}): ${how}.`
  return { deaths, failed, errorMsg: failed ? errorMsg : `${errorMsg} It is tried once more.` }
}
