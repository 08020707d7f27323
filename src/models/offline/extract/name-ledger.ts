import type { Extraction } from '../../../engine/ports/models.ts'
import { nameKey } from '../../../engine/text/name-key.ts'
import { entityType, type Surroundings } from './entity-type.ts'
import { type Mention, relateNames, themesBetween, unordered } from './relate-names.ts'
import type { NameBook } from './resolve-names.ts'
import type { Sentence } from './sentences.ts'

const MAX_ENTITIES = 80
const MAX_RELATIONS = 300
/** Beyond these a pair does not gain weight, and a name's neighbours say nothing new. */
const MAX_WEIGHT = 10
const MAX_SURROUNDINGS = 8

interface EntityEntry {
  readonly name: string
  description: string
  readonly around: Surroundings[]
}

interface RelationEntry {
  readonly source: string
  readonly target: string
  readonly description: string
  readonly keywords: string
  weight: number
}

/** What is known of names apart from their spelling; all by name key. */
export interface NameRoles {
  readonly title: string | null
  readonly quoted: ReadonlySet<string>
  readonly speakers: ReadonlySet<string>
}

/** Collects the entities and relations of one text, a sentence at a time. */
export class NameLedger {
  readonly #book: NameBook
  readonly #roles: NameRoles
  readonly #titleKey: string
  readonly #entities = new Map<string, EntityEntry>()
  readonly #relations = new Map<string, RelationEntry>()

  constructor(book: NameBook, roles: NameRoles) {
    this.#book = book
    this.#roles = roles
    this.#titleKey = nameKey(roles.title ?? '')
    if (roles.title !== null) {
      this.#entities.set(this.#titleKey, { name: roles.title, description: '', around: [] })
    }
  }

  /** @param description of everything that the sentence says */
  enter(sentence: Sentence, mentions: readonly Mention[], description: string): void {
    const neighbours = neighboursIn(sentence)
    for (const mention of mentions) {
      const entity = this.#ensure(mention.key, description)
      if (!entity || entity.around.length >= MAX_SURROUNDINGS) continue
      const before = neighbours.before.get(mention.start) ?? ''
      entity.around.push({ before, after: neighbours.after.get(mention.end) ?? '' })
    }
    for (const pairing of relateNames(sentence, mentions, this.#titleKey)) {
      const pair = unordered(pairing.source, pairing.target)
      const known = this.#relations.get(pair)
      if (known) known.weight = Math.min(known.weight + 1, MAX_WEIGHT)
      else if (this.#relations.size < MAX_RELATIONS && this.#holds(pairing)) {
        const { source, target } = pairing
        const keywords = themesBetween(sentence, pairing).join(',')
        this.#relations.set(pair, { source, target, description, keywords, weight: 1 })
      }
    }
  }

  /** @param fallback describes what no sentence names */
  extraction(fallback: string): Extraction {
    const nameOf = (key: string) => this.#entities.get(key)?.name ?? key
    return {
      entities: Array.from(this.#entities, ([key, { name, description, around }]) => ({
        name,
        type: this.#typeOf(key, name, around),
        description: description || fallback,
      })),
      relations: Array.from(this.#relations.values(), (relation) => ({
        ...relation,
        source: nameOf(relation.source),
        target: nameOf(relation.target),
      })),
    }
  }

  #ensure(key: string, description: string): EntityEntry | undefined {
    const known = this.#entities.get(key)
    if (known) {
      // A line that is nothing but the name describes nothing.
      if (known.description.length <= known.name.length + 2) known.description = description
      return known
    }
    if (this.#entities.size >= MAX_ENTITIES) return undefined
    const entity = { name: this.#book.names.get(key) ?? key, description, around: [] }
    this.#entities.set(key, entity)
    return entity
  }

  #holds({ source, target }: { source: string; target: string }): boolean {
    return this.#entities.has(source) && this.#entities.has(target)
  }

  #typeOf(key: string, name: string, around: readonly Surroundings[]): string {
    if (this.#roles.speakers.has(key)) return 'person'
    const type = entityType(name, around)
    return type === 'concept' && this.#roles.quoted.has(key) ? 'content' : type
  }
}

/** The word before each start and after each end of a word, in lower case. */
function neighboursIn({ words }: Sentence) {
  const before = new Map<number, string>()
  const after = new Map<number, string>()
  words.forEach((word, at) => {
    before.set(word.start, words[at - 1]?.text.toLowerCase() ?? '')
    after.set(word.end, words[at + 1]?.text.toLowerCase() ?? '')
  })
  return { before, after }
}
