import type { ModelUnavailable } from '../ports/engine-error.ts'
import type { Models } from '../ports/models.ts'
import type { ModelOutages } from './pipeline.ts'

/** What is known of the models that documents need, taken together. */
export function modelOutages({ llm, embedding }: NonNullable<Models['checks']>): ModelOutages {
  const checks = [llm, embedding]
  return {
    get outage(): ModelUnavailable | null {
      return llm.health.outage ?? embedding.health.outage
    },
    async back(signal) {
      for (const { health, probe } of checks) await health.back(probe, signal)
    },
    hurry() {
      for (const { health } of checks) health.hurry()
    },
  }
}
