import type { DeathCount } from '../ports/document-record.ts'
import { deathCount } from './death-count.ts'
import type { DocumentWorkParts } from './document-work-parts.ts'
import type { PublishParts } from './publish-document.ts'

/** What a process had in work when it ended goes on, unless two have ended by it. */
export async function recoverInterrupted(
  { store, owner }: Pick<PublishParts, 'store' | 'owner'>,
  { watch, onEvent }: Pick<DocumentWorkParts, 'watch' | 'onEvent'>,
): Promise<void> {
  const counted = new Map<string, DeathCount>()
  for (const document of await store.queue.interrupted(owner)) {
    const how = await watch.blame(document.owner, document.id)
    if (how === null) continue
    const count = deathCount(document, how)
    counted.set(document.id, count)
    onEvent({ type: 'ended_process', document, ...count })
  }
  await store.queue.recover(owner, counted)
}
