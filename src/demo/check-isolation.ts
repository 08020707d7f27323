import { type Check, noneOf } from './check.ts'
import type { Company } from './company.ts'
import { RagClient } from './rag-client.ts'
import { waitUntil } from './wait-until.ts'

/** In milliseconds: for the server to carry out a deletion. */
const PATIENCE = 30_000

/** Checks that a request without a valid key is refused. */
export async function checkKeys(url: string): Promise<Check[]> {
  const wrong = await new RagClient(url, 'no-such-key').listingStatus()
  const none = await new RagClient(url).listingStatus()
  return [
    { title: 'a wrong key gets 401', holds: wrong === 401, found: `got ${wrong}` },
    { title: 'a request without a key gets 401', holds: none === 401, found: `got ${none}` },
  ]
}

/**
 * Checks that `intruder` can neither see, select nor delete what belongs to `owner`.
 *
 * @param ownerTrack track id of one of the owner's uploads
 */
export async function checkIntrusion(
  owner: Company,
  intruder: Company,
  ownerTrack: string,
): Promise<Check[]> {
  return [
    await checkListing(owner, intruder),
    await checkTrack(owner, intruder, ownerTrack),
    await checkSelection(owner, intruder),
    await checkDeletion(owner, intruder),
  ]
}

async function checkListing(owner: Company, intruder: Company): Promise<Check> {
  const own = new Set((await owner.client.documents()).map(({ id }) => id))
  const seen = await intruder.client.documents()
  const offences = seen
    .filter(({ id, file_path: file }) => own.has(id) || !intruder.texts.has(file))
    .map(({ file_path: file }) => `${file} is listed`)
  if (seen.length !== intruder.texts.size) offences.push(`${seen.length} documents are listed`)
  if (own.size !== owner.texts.size) offences.push(`${owner.name} lists ${own.size} documents`)
  return noneOf(`${intruder.name} lists no document of ${owner.name}`, offences)
}

async function checkTrack(owner: Company, intruder: Company, track: string): Promise<Check> {
  const title = `${intruder.name} sees nothing under a track id of ${owner.name}`
  const own = await owner.client.track(track)
  const seen = await intruder.client.track(track)
  const offences = seen.map(({ file_path: file }) => `${file} is shown`)
  if (own.length === 0) offences.push(`${owner.name} sees nothing either`)
  return noneOf(title, offences)
}

async function checkSelection(owner: Company, intruder: Company): Promise<Check> {
  const headers = { 'LIGHTRAG-WORKSPACE': owner.workspace }
  const status = await intruder.client.listingStatus(headers)
  return {
    title: `${intruder.name} is refused when it names the workspace of ${owner.name}`,
    holds: status >= 400 && status < 500,
    found: `got ${status}`,
  }
}

async function checkDeletion(owner: Company, intruder: Company): Promise<Check> {
  const before = await owner.client.documents()
  const target = before[0]
  const offences = (await deleteWithOwn(intruder, target?.id ?? 'none'))
    ? []
    : [`${intruder.name} could not delete its own document either`]
  const after = await owner.client.documents()
  const kept = after.some(({ id, status }) => id === target?.id && status === 'processed')
  if (!kept) offences.push(`${target?.file_path ?? 'every document'} is gone`)
  if (after.length !== before.length) offences.push(`${owner.name} lists ${after.length} documents`)
  return noneOf(`${intruder.name} cannot delete a document of ${owner.name}`, offences)
}

/**
 * Asks for the deletion of a foreign document together with one of the caller's own. Deletion runs
 * in the background: once the own document is gone, the server has dealt with the foreign id too.
 */
async function deleteWithOwn({ client, name }: Company, foreignId: string): Promise<boolean> {
  const file = 'scratch-note.md'
  const find = async () => (await client.documents()).find((entry) => entry.file_path === file)
  await client.upload(file, `# Scratch note\n\nThis note of ${name} exists to be deleted.`)
  await waitUntil(async () => (await find())?.status === 'processed', PATIENCE)
  return waitUntil(async () => {
    const own = await find()
    // Asked again while it is there: a busy server declines a deletion.
    if (own) await client.requestDeletion([foreignId, own.id])
    return !own
  }, PATIENCE)
}
