import type { Company } from './company.ts'
import { DemoError } from './demo-error.ts'
import { waitUntil } from './wait-until.ts'

/** In milliseconds. The offline models need a second or two; a hosted model may take minutes. */
const PATIENCE = 10 * 60_000

/** The track ids of the uploads, by company name. */
export type Tracks = ReadonlyMap<string, readonly string[]>

/**
 * Uploads every company's documents and waits until all are processed.
 *
 * @param onProgress told the number of processed documents, and of all
 * @throws {DemoError} `not_processed` when a document fails or takes too long
 */
export async function loadCorpus(
  companies: readonly Company[],
  onProgress: (processed: number, total: number) => void,
): Promise<Tracks> {
  const uploads = companies.map(async (company) => [company.name, await upload(company)] as const)
  const tracks = new Map(await Promise.all(uploads))
  const total = companies.reduce((sum, company) => sum + company.texts.size, 0)
  const done = await waitUntil(async () => {
    const counts = await Promise.all(companies.map(countProcessed))
    const processed = counts.reduce((sum, count) => sum + count, 0)
    onProgress(processed, total)
    return processed >= total
  }, PATIENCE)
  if (!done) throw new DemoError('not_processed', 'the documents were not processed in time')
  return tracks
}

async function upload(company: Company): Promise<string[]> {
  const tracks: string[] = []
  for (const [name, text] of company.texts) tracks.push(await company.client.upload(name, text))
  return tracks
}

async function countProcessed({ client, texts }: Company): Promise<number> {
  const documents = await client.documents()
  const failed = documents.find((document) => document.status === 'failed')
  if (failed) {
    const reason = failed.error_msg ?? 'no reason given'
    throw new DemoError('not_processed', `${failed.file_path} failed: ${reason}`)
  }
  const processed = new Set(
    documents.filter(({ status }) => status === 'processed').map(({ file_path: file }) => file),
  )
  return [...texts.keys()].filter((file) => processed.has(file)).length
}
