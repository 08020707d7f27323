import type { FastifyBaseLogger } from 'fastify'
import type { ModelProbe } from '../../models/schedule/model-probes.ts'

/**
 * Makes one small call to each model and tells the log what came of it. Nothing waits for it, and
 * nothing fails by it: a model that is out now may be there when it is needed.
 *
 * @param ending fires when the server ends
 */
export async function checkModels(
  probes: readonly ModelProbe[],
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>,
  ending: AbortSignal,
): Promise<void> {
  await Promise.all(
    probes.map(async ({ model, kind, run }) => {
      try {
        const finding = await run(ending)
        if (ending.aborted) return
        if (finding === null) log.info({ model }, `The ${kind} works.`)
        else log.warn({ model }, `The ${kind} does not work as it is configured. ${finding}`)
      } catch (err) {
        if (!ending.aborted) log.error({ model, err }, `The check of the ${kind} failed.`)
      }
    }),
  )
}
