import { get, holdsOneOf, type Operation, post, saysStatus } from './operation.ts'
import type { SeededRandom } from './random.ts'
import type { Pair, Space } from './space.ts'

const MOST_ENTITIES = 6
const q = encodeURIComponent

/**
 * Changes the part of the graph that is made by hand. Who changes something takes it out of the
 * lists of the space meanwhile, so that every edit has one right answer.
 */
export function editGraph(space: Space, random: SeededRandom): Operation {
  const { entities, relations } = space
  const many = entities.length + 2 * relations.length
  if (many < 3 || (many < MOST_ENTITIES && random.chance(0.35))) return creation(space)
  if (relations.length > 0 && random.chance(0.5)) {
    const pair = random.take(relations)
    if (pair !== undefined) return editOfPair(space, pair, many, random)
  }
  const entity = random.take(entities)
  if (entity === undefined) return creation(space)
  const other = random.chance(0.6) ? random.take(entities) : undefined
  if (other === undefined) return editOfEntity(space, entity, many, random)
  return many >= MOST_ENTITIES || random.chance(0.4)
    ? merging(space, entity, other, [])
    : relating(space, [entity, other])
}

function creation(space: Space): Operation {
  const name = `${space.hand} ${space.count()}`
  const entity_data = { entity_type: 'thing', description: `${name} of ${space.names[0]}` }
  const call = post('/graph/entity/create', { entity_name: name, entity_data })
  return edit('create entity', call, () => space.entities.push(name))
}

function relating(space: Space, pair: Pair): Operation {
  const [source_entity, target_entity] = pair
  const relation_data = { keywords: 'ties', description: `ties of ${space.names[1]}`, weight: 1 }
  const call = post('/graph/relation/create', { source_entity, target_entity, relation_data })
  return edit(
    'create relation',
    call,
    () => space.relations.push(pair),
    () => space.entities.push(...pair),
  )
}

function editOfEntity(space: Space, name: string, many: number, random: SeededRandom): Operation {
  const back = () => space.entities.push(name)
  if (many >= MOST_ENTITIES) return removal(name, random, () => undefined, back)
  if (random.chance(0.5)) return renaming(space, name, (next) => space.entities.push(next), back)
  const updated_data = { description: `${name} again, of ${space.names[2]}` }
  const call = post('/graph/entity/edit', { entity_name: name, updated_data })
  return edit('edit entity', call, back)
}

function editOfPair(space: Space, pair: Pair, many: number, random: SeededRandom): Operation {
  const [one, other] = pair
  const back = () => space.relations.push(pair)
  const loosen = () => space.entities.push(other)
  if (many >= MOST_ENTITIES && random.chance(0.6)) {
    return random.chance(0.5)
      ? removal(one, random, loosen, back)
      : merging(space, one, other, [pair])
  }
  switch (random.below(3)) {
    case 0: {
      const call = {
        method: 'DELETE',
        path: random.pick(['/graph/relation/delete', '/documents/delete_relation']),
        body: { source_entity: one, target_entity: other },
      } as const
      return edit('delete relation', call, () => space.entities.push(...pair), back)
    }
    case 1:
      return renaming(space, one, (next) => space.relations.push([next, other]), back)
    default: {
      const updated_data = { description: `still ties of ${space.names[3]}`, weight: 2 }
      const call = post('/graph/relation/edit', { source_id: one, target_id: other, updated_data })
      return edit('edit relation', call, back)
    }
  }
}

function renaming(
  space: Space,
  name: string,
  done: (next: string) => unknown,
  undo: () => unknown,
): Operation {
  const next = `${space.hand} ${space.count()}`
  const updated_data = { entity_name: next }
  const body = { entity_name: name, updated_data, allow_rename: true }
  return edit('rename entity', post('/graph/entity/edit', body), () => done(next), undo)
}

/** The relations between both are gone afterwards. */
function merging(space: Space, one: string, other: string, between: readonly Pair[]): Operation {
  const body = { entities_to_change: [one], entity_to_change_into: other }
  return edit(
    'merge entities',
    post('/graph/entities/merge', body),
    () => space.entities.push(other),
    () => {
      if (between.length > 0) space.relations.push(...between)
      else space.entities.push(one, other)
    },
  )
}

function removal(
  name: string,
  random: SeededRandom,
  done: () => unknown,
  undo: () => unknown,
): Operation {
  const path = random.pick(['/graph/entity/delete', '/documents/delete_entity'])
  const call = { method: 'DELETE', path, body: { entity_name: name } } as const
  return edit('delete entity', call, done, undo)
}

function edit(
  kind: string,
  call: Operation['call'],
  done: () => unknown,
  undo: () => unknown = () => undefined,
): Operation {
  return {
    kind,
    call,
    undo: () => void undo(),
    heed: (text) => {
      done()
      return saysStatus('success')(text)
    },
  }
}

/** Reads of the graph, of which a part never changes. */
export function graphRead(space: Space, random: SeededRandom): Operation {
  const name = random.pick(space.names)
  const heed = holdsOneOf([name])
  switch (random.below(7)) {
    case 0:
      return { kind: 'graph', call: get('/graphs?label=*&max_nodes=200'), heed }
    case 1:
      return { kind: 'graph', call: get(`/graphs?label=${q(name)}&max_depth=2`), heed }
    case 2:
      return { kind: 'label list', call: get('/graph/label/list'), heed }
    case 3:
      return { kind: 'label popular', call: get('/graph/label/popular'), heed }
    case 4:
      return { kind: 'label search', call: get(`/graph/label/search?q=${q(name)}`), heed }
    case 5:
      return { kind: 'graph export', call: get('/graph/export?format=csv'), heed }
    default:
      return {
        kind: 'entity exists',
        call: get(`/graph/entity/exists?name=${q(name)}`),
        heed: holdsOneOf(['true']),
      }
  }
}
