import type { Canaries } from './canaries.ts'
import { get, holdsOneOf, type Operation, post } from './operation.ts'
import type { SeededRandom } from './random.ts'
import { commonText, type PendingInsert, type SoakDocument, type Space } from './space.ts'

/** So many documents of a workspace come and go beside its anchors. */
const MOST_DOCUMENTS = 4

/** Puts a document in, or takes one out when there are enough. */
export function changeDocuments(space: Space, random: SeededRandom, canaries: Canaries): Operation {
  const [pending] = space.pending
  if (pending !== undefined && random.chance(0.5)) return track(space, pending, canaries)
  const some = random.pick(space.documents)
  if (some !== undefined && random.chance(0.1)) return relabelling(space, some)
  if (space.documents.length + space.pending.length >= MOST_DOCUMENTS) {
    const document = random.take(space.documents)
    if (document !== undefined) return deletion(space, document)
    if (pending !== undefined) return track(space, pending, canaries)
  }
  return insertion(space, random)
}

function insertion(space: Space, random: SeededRandom): Operation {
  const common = random.chance(0.3) ? random.take(space.freeCommonTexts) : undefined
  if (common !== undefined) return commonInsertion(space, common)
  return random.pick(INSERTIONS)(space)
}

type Insertion = (space: Space) => Operation

const insertText: Insertion = (space) => {
  const { file, text } = nextText(space)
  const call = post('/documents/text', { text, file_source: file })
  return accepted(space, 'insert text', call, { files: [file] })
}

const insertTexts: Insertion = (space) => {
  const both = [nextText(space), nextText(space)]
  const files = both.map(({ file }) => file)
  const call = post('/documents/texts', {
    texts: both.map(({ text }) => text),
    file_sources: files,
  })
  return accepted(space, 'insert texts', call, { files })
}

const insertUpload: Insertion = (space) => {
  const { file, text } = nextText(space)
  const call = { method: 'POST', path: '/documents/upload' } as const
  const upload = { name: file, content: text }
  return accepted(space, 'insert upload', { ...call, upload }, { files: [file] })
}

const insertCustomKg: Insertion = (space) => {
  const { file, text, round } = nextText(space)
  const entity = `${space.made} ${round}`
  const [one] = space.names
  const source_id = 'chunk'
  const description = `${entity} is ${one}'s`
  const call = post('/documents/custom_kg', {
    file_path: file,
    chunks: [{ content: text, source_id }],
    entities: [{ entity_name: entity, entity_type: 'thing', description, source_id }],
    relationships: [{ src_id: entity, tgt_id: one, description, keywords: 'own', source_id }],
  })
  return accepted(space, 'insert custom_kg', call, { files: [file], entity })
}

const INSERTIONS = [insertText, insertText, insertTexts, insertUpload, insertCustomKg] as const

/** One document of each kind. Names are found in texts alone; a graph from elsewhere has its own. */
export const ANCHOR_INSERTIONS: readonly Insertion[] = [insertText, insertUpload, insertCustomKg]

function nextText(space: Space): { file: string; text: string; round: number } {
  const round = space.count()
  return { file: space.fileName(round), text: space.text(round), round }
}

/** The same text under the same name as in other workspaces: the ids are the same there. */
function commonInsertion(space: Space, common: number): Operation {
  const { file, text } = commonText(common)
  const call = post('/documents/text', { text, file_source: file })
  const operation = accepted(space, 'insert common', call, { files: [file], common })
  return { ...operation, undo: () => space.freeCommonTexts.push(common) }
}

function accepted(
  space: Space,
  kind: string,
  call: Operation['call'],
  insert: Omit<PendingInsert, 'trackId'>,
): Operation {
  return {
    kind,
    call,
    heed: (text) => {
      const { status, track_id: trackId } = JSON.parse(text)
      if (status !== 'success') return `was not accepted: ${text}`
      space.pending.push({ ...insert, trackId })
      return undefined
    },
  }
}

interface Tracked {
  readonly documents: readonly {
    readonly id: string
    readonly file_path: string
    readonly status: string
    readonly error_msg: string | null
  }[]
}

/** Asks after what was accepted; once it is there, it may be used. */
export function track(space: Space, pending: PendingInsert, canaries: Canaries): Operation {
  const { trackId, files, entity, common } = pending
  return {
    kind: 'track_status',
    call: get(`/documents/track_status/${trackId}`),
    heed: (text) => {
      const { documents }: Tracked = JSON.parse(text)
      const names = documents.map((document) => document.file_path)
      // Another caller may have asked as well, and what was found may be deleted by now.
      const at = space.pending.indexOf(pending)
      if (at < 0) return undefined
      if (names.sort().join() !== [...files].sort().join()) return `tracked ${text}`
      if (documents.some(({ status }) => status === 'failed')) return `failed: ${text}`
      canaries.remember(trackId, space.number)
      if (documents.some(({ status }) => status !== 'processed')) return undefined
      space.pending.splice(at, 1)
      for (const { id, file_path: file } of documents) {
        if (common === undefined) canaries.remember(id, space.number)
        space.documents.push({ id, file, trackId, entity, common })
      }
      return undefined
    },
  }
}

function deletion(space: Space, document: SoakDocument): Operation {
  const undo = () => void space.documents.push(document)
  const body = { doc_ids: [document.id], delete_file: true }
  return {
    kind: 'delete document',
    call: { method: 'DELETE', path: '/documents/delete_document', body },
    undo,
    heed: (text) => {
      const { status } = JSON.parse(text)
      if (status !== 'deletion_started') return `was not deleted: ${text}`
      else if (document.common !== undefined) space.freeCommonTexts.push(document.common)
      return undefined
    },
  }
}

function relabelling(space: Space, document: SoakDocument): Operation {
  const undo = () => void space.documents.push(document)
  // Nobody else may delete it meanwhile.
  space.documents.splice(space.documents.indexOf(document), 1)
  const metadata = { keeper: space.names[3] }
  return {
    kind: 'patch document',
    call: { method: 'PATCH', path: `/documents/${document.id}`, body: { metadata } },
    undo,
    heed: (text) => {
      undo()
      return holdsOneOf([space.names[3]])(text)
    },
  }
}

/** Lists and states of what a workspace holds. */
export function listing(space: Space, random: SeededRandom): Operation {
  const anchor = random.pick(space.anchors)
  const [one] = space.names
  const heed = holdsOneOf([one])
  switch (random.below(8)) {
    case 0:
      return { kind: 'documents', call: get('/documents'), heed }
    case 1:
      return {
        kind: 'paginated',
        call: post('/documents/paginated', { page: 1, page_size: 10 }),
        heed,
      }
    case 2:
      return { kind: 'status_counts', call: get('/documents/status_counts') }
    case 3:
      return { kind: 'pipeline_status', call: get('/documents/pipeline_status') }
    case 4:
      return { kind: 'chunks', call: get(`/documents/${anchor?.id}/chunks`), heed }
    case 5:
      return { kind: 'source_conflicts', call: get('/documents/source_conflicts') }
    default:
      return {
        kind: 'track_status',
        call: get(`/documents/track_status/${anchor?.trackId}`),
        heed,
      }
  }
}
