import type { AttackKind } from '../attack.ts'
import { hub } from '../hub-graph.ts'

const sentence = 'It belongs to all of them, as was told in the report of the year before. '

/** Graphs made elsewhere, in shapes that no text would give. */
export const customGraphs: AttackKind = {
  kind: 'custom-kg',
  attacks: [
    {
      name: 'hubs-of-10000-ties',
      by: 'tenant',
      lanes: 2,
      ready: (caller) => async (turn) => {
        await caller.post('/documents/custom_kg', hub(`Hub ${turn}`, 10_000, `hub-${turn}`))
      },
    },
    {
      name: 'one-hub-over-and-over',
      by: 'tenant',
      lanes: 2,
      ready: (caller) => async (turn) => {
        await caller.post('/documents/custom_kg', hub('Hub', 3000, `same-${turn}`))
      },
    },
    {
      name: 'ten-thousand-descriptions-of-one',
      by: 'tenant',
      lanes: 2,
      ready: (caller) => async (turn) => {
        const entities = Array.from({ length: 10_000 }, (_, i) => ({
          entity_name: 'Monument',
          entity_type: `kind ${i % 100}`,
          description: `${turn} ${i} ${sentence}`,
        }))
        await caller.post('/documents/custom_kg', { file_path: `one-${turn}`, entities })
      },
    },
    {
      name: 'everything-tied-to-everything',
      by: 'tenant',
      lanes: 2,
      ready: (caller) => async (turn) => {
        const relationships = Array.from({ length: 150 * 150 }, (_, i) => ({
          src_id: `Point ${i % 150}`,
          tgt_id: `Point ${Math.floor(i / 150)} x`,
          description: `tie ${turn} ${i}`,
          keywords: 'tie',
        }))
        await caller.post('/documents/custom_kg', { file_path: `all-${turn}`, relationships })
      },
    },
    {
      name: 'longest-names-and-descriptions',
      by: 'tenant',
      lanes: 2,
      ready: (caller) => async (turn) => {
        const entities = Array.from({ length: 200 }, (_, i) => ({
          entity_name: `${turn} ${i} ${'Long Name '.repeat(30)}`.slice(0, 250),
          description: sentence.repeat(800).slice(0, 65_000),
        }))
        await caller.post('/documents/custom_kg', { file_path: `long-${turn}`, entities })
      },
    },
  ],
}
