import { setTimeout as sleep } from 'node:timers/promises'
import { patientFetch } from '../../src/demo/patient-fetch.ts'

export interface WorkspaceAddress {
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
}

/** Texts about stations, of which no two are alike. */
export function stationTexts(count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `Station ${i} on Mount Brisk reports to Harbour Lane ${i % 7}. It was built in Alva.`,
  )
}

/** Inserts so many texts; resolves when they are processed. */
export async function fillWorkspace(address: WorkspaceAddress, count: number): Promise<void> {
  await insertTexts(address, stationTexts(count))
  await untilProcessed(address, count)
}

export async function insertTexts(
  { baseUrl, headers }: WorkspaceAddress,
  texts: readonly string[],
): Promise<void> {
  const response = await patientFetch(`${baseUrl}/documents/texts`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ texts }),
  })
  if (!response.ok) throw new Error(await response.text())
}

export async function untilProcessed(
  { baseUrl, headers }: WorkspaceAddress,
  count: number,
): Promise<void> {
  for (;;) {
    const counts = await patientFetch(`${baseUrl}/documents/status_counts`, { headers })
    const { status_counts } = (await counts.json()) as { status_counts: Record<string, number> }
    if (status_counts.processed === count) return
    await sleep(50)
  }
}
