import { EngineError } from '../ports/engine-error.ts'
import type { Models } from '../ports/models.ts'
import type { Room } from '../ports/room.ts'
import type { DegradedReason } from '../rag.ts'

/** What does not work for now, in the words of somebody who can do something about it. */
export async function degradedReasons(
  { llm, embedding }: NonNullable<Models['checks']>,
  room: Room | undefined,
): Promise<DegradedReason[]> {
  const reasons: DegradedReason[] = []
  const models = [
    ['language_model_out', 'The language model', llm.health],
    ['embedding_model_out', 'The embedding model', embedding.health],
  ] as const
  for (const [code, name, { outSince }] of models) {
    if (outSince === null) continue
    const hint = `${name} does not answer; documents wait and go on by themselves once it does.`
    reasons.push({ code, since: new Date(outSince).toISOString(), hint })
  }
  const full = await room?.forIntake(0).then(
    () => false,
    (error: unknown) => error instanceof EngineError && error.code === 'storage_full',
  )
  if (full === true) {
    const hint = 'The disk is full: nothing is taken in until something is deleted.'
    reasons.push({ code: 'storage_full', since: null, hint })
  }
  return reasons
}
