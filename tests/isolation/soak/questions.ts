import { get, holdsOneOf, type Operation, post } from './operation.ts'
import type { SeededRandom } from './random.ts'
import type { Space } from './space.ts'

export const MODES = ['naive', 'local', 'global', 'hybrid', 'mix', 'bypass'] as const
export const QUERY_ROUTES = ['/query', '/query/data', '/query/stream'] as const
type Mode = (typeof MODES)[number]

/** A share of the streams is left by their readers. */
const LEFT = 0.25

/** Asked in every workspace alike: what answers by the question alone answers for another. */
const COMMON_QUESTION = 'What did the envoy do at Harbour Lane?'

/** A question in some mode on some route; the answer must come from the asker's own documents. */
export function question(space: Space, random: SeededRandom): Operation {
  const route = random.pick(QUERY_ROUTES)
  const operation = questionIn(space, random.pick(MODES), route, random)
  if (route !== '/query/stream' || !random.chance(LEFT)) return operation
  return left(operation, random)
}

export function questionIn(
  space: Space,
  mode: Mode,
  route: (typeof QUERY_ROUTES)[number],
  random: SeededRandom,
): Operation {
  const [query, heed] = wordsOf(space, mode, random)
  const wishes = [{}, { include_chunk_content: true }, { only_need_context: true }] as const
  const wish = mode === 'bypass' ? {} : random.pick(wishes)
  return { kind: `${route.slice(1)} ${mode}`, call: post(route, { query, mode, ...wish }), heed }
}

/** Chat programs choose the mode by the first word of the message. */
export function chat(space: Space, random: SeededRandom): Operation {
  const stream = random.chance(0.7)
  const operation = chatIn(space, random.pick(MODES), stream, random)
  return stream && random.chance(LEFT) ? left(operation, random) : operation
}

export function chatIn(space: Space, mode: Mode, stream: boolean, random: SeededRandom): Operation {
  const [query, heed] = wordsOf(space, mode, random)
  const messages = [{ role: 'user', content: `/${mode} ${query}` }]
  return {
    kind: `api/chat ${mode}`,
    call: post('/api/chat', { model: 'lightrag:latest', messages, stream }),
    heed,
  }
}

/** Routes that tell of the caller or the server. */
export function about(space: Space, random: SeededRandom): Operation {
  const { workspace } = space
  switch (random.below(7)) {
    case 0:
      return { kind: 'api/tags', call: get('/api/tags') }
    case 1: {
      const body = { model: 'lightrag:latest', prompt: 'Who met whom?', stream: false }
      return { kind: 'api/generate', call: post('/api/generate', body) }
    }
    case 2:
      return { kind: 'health', call: get('/health'), heed: holdsOneOf([workspace]) }
    case 3:
      return { kind: 'auth/explain', call: get('/auth/explain'), heed: holdsOneOf([workspace]) }
    case 4:
      return { kind: 'clear_cache', call: post('/documents/clear_cache', {}) }
    case 5:
      return { kind: 'api/ps', call: get('/api/ps') }
    default:
      return login(space)
  }
}

export function login(space: Space): Operation {
  const { username, password } = space
  return {
    kind: 'login',
    call: { method: 'POST', path: '/login', form: { username, password } },
    heed: (text) => {
      space.token = JSON.parse(text).access_token
      return undefined
    },
  }
}

function left(operation: Operation, random: SeededRandom): Operation {
  const { kind, call } = operation
  const leaving = random.pick(['before', 'halfway'] as const)
  return { kind: `${kind.split(' ')[0]} left ${leaving}`, call, leaving }
}

/** A question, and what its answer has to hold: what was asked may be no more than an echo. */
function wordsOf(space: Space, mode: Mode, random: SeededRandom) {
  if (mode === 'bypass') return [COMMON_QUESTION, holdsNothingOf(space)] as const
  if (random.chance(0.5)) return [COMMON_QUESTION, holdsOneOf(space.names)] as const
  const asked = random.pick(space.names)
  const others = space.names.filter((name) => name !== asked)
  return [`What is said of ${asked}?`, holdsOneOf(others)] as const
}

/** Without documents there is nobody to ask but a model, and nothing of the workspace to tell. */
function holdsNothingOf(space: Space) {
  return (text: string) => {
    const told = space.names.filter((name) => text.includes(name))
    return told.length === 0 ? undefined : `held ${told.join(', ')} without a look at documents`
  }
}
