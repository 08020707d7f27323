import type { AttackKind } from '../attack.ts'
import { hub } from '../hub-graph.ts'

/** Changes of a graph that touch thousands of ties each. */
export const graphEdits: AttackKind = {
  kind: 'graph-edits',
  attacks: [
    {
      name: 'hub-renamed-in-a-loop',
      by: 'tenant',
      lanes: 1,
      ready: async (caller) => {
        await caller.land('/documents/custom_kg', hub('Hub 0', 8000, 'hub'))
        return async (turn) => {
          await caller.post('/graph/entity/edit', {
            entity_name: `Hub ${turn}`,
            updated_data: { entity_name: `Hub ${turn + 1}` },
            allow_rename: true,
          })
        }
      },
    },
    {
      name: 'thousands-merged-into-one',
      by: 'tenant',
      lanes: 1,
      ready: async (caller) => {
        await caller.land('/documents/custom_kg', hub('Hub', 8000, 'hub'))
        return async (turn) => {
          const from = turn * 500
          await caller.post('/graph/entities/merge', {
            entities_to_change: Array.from({ length: 500 }, (_, i) => `Hub Spoke ${from + i}`),
            entity_to_change_into: 'Hub Spoke 7999',
          })
        }
      },
    },
    {
      name: 'two-hubs-merged',
      by: 'tenant',
      lanes: 2,
      ready: (caller) => async (turn) => {
        await caller.land('/documents/custom_kg', hub(`One ${turn}`, 2000, `one-${turn}`))
        await caller.land('/documents/custom_kg', hub(`Two ${turn}`, 2000, `two-${turn}`))
        await caller.post('/graph/entities/merge', {
          entities_to_change: [`One ${turn}`],
          entity_to_change_into: `Two ${turn}`,
        })
      },
    },
    {
      name: 'hub-deleted-and-made-again',
      by: 'tenant',
      lanes: 1,
      ready: (caller) => async (turn) => {
        await caller.land('/documents/custom_kg', hub('Hub', 5000, `hub-${turn}`))
        await caller.call('DELETE', '/graph/entity/delete', { entity_name: 'Hub' })
      },
    },
    {
      name: 'ties-of-a-hub-edited',
      by: 'tenant',
      lanes: 8,
      ready: async (caller) => {
        await caller.land('/documents/custom_kg', hub('Hub', 8000, 'hub'))
        return async (turn) => {
          await caller.post('/graph/relation/edit', {
            source_id: 'Hub',
            target_id: `Hub Spoke ${turn % 8000}`,
            updated_data: { description: `edited ${turn} `.repeat(900), weight: turn % 1000 },
          })
        }
      },
    },
    {
      name: 'entities-made-by-hand',
      by: 'tenant',
      lanes: 16,
      ready: (caller) => async (turn) => {
        await caller.post('/graph/entity/create', {
          entity_name: `${turn} ${'By Hand '.repeat(30)}`.slice(0, 250),
          entity_data: { description: 'It is here. '.repeat(1500), entity_type: 'Thing' },
        })
      },
    },
  ],
}
