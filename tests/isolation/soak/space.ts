import type { Canaries } from './canaries.ts'
import type { SeededRandom } from './random.ts'

export interface SoakDocument {
  readonly file: string
  readonly id: string
  readonly trackId: string
  /** The entity that a graph made elsewhere brought along. */
  readonly entity?: string | undefined
  /** The number of a text that every workspace may hold, word for word. */
  readonly common?: number | undefined
}

/** What was accepted and may still be in the making. */
export interface PendingInsert {
  readonly trackId: string
  readonly files: readonly string[]
  readonly entity?: string
  readonly common?: number
}

export type Pair = readonly [string, string]

const COMMON_TEXTS = 2

/** One workspace as its owner knows it: what was stored there, and under which words. */
export class Space {
  readonly number: number
  readonly workspace: string
  readonly username: string
  readonly password: string
  readonly key: string
  /** Stand together in every text of its own. */
  readonly names: readonly [string, string, string, string]
  /** Begins the names of entities that were made by hand. */
  readonly hand: string
  /** Begins the names of entities that came with a graph from elsewhere. */
  readonly made: string
  token: string | undefined
  /** Never deleted. */
  readonly anchors: SoakDocument[] = []
  readonly documents: SoakDocument[] = []
  readonly pending: PendingInsert[] = []
  readonly entities: string[] = []
  readonly relations: Pair[] = []
  readonly freeCommonTexts = Array.from({ length: COMMON_TEXTS }, (_, i) => i)
  #count = 0

  constructor(number: number, canaries: Canaries, random: SeededRandom) {
    this.number = number
    const [space, user, secret, ...words] = canaries.plant(number, 9, random)
    this.workspace = `space-${space}`
    this.username = `user-${user}`
    this.password = `password-${secret}`
    this.key = `key-${secret}-${random.letters(24)}`
    const [one = '', two = '', three = '', four = '', hand = '', made = ''] = words.map(capital)
    this.names = [one, two, three, four]
    this.hand = hand
    this.made = made
  }

  /** A number that was not used here before. */
  count(): number {
    this.#count += 1
    return this.#count
  }

  text(round: number): string {
    const [one, two, three, four] = this.names
    return `Report ${round}: the envoy ${one} met ${two} at Harbour Lane ${round}. Then ${two} sent letter ${round} to ${three}, the keeper of ${four}. In the end ${three} thanked ${one}.`
  }

  fileName(round: number): string {
    return `${this.names[0]}-${round}.txt`
  }

  /** Those that graph edits are to have left, and those of graphs from elsewhere. */
  namedEntities(): string[] {
    const made = [...this.anchors, ...this.documents].flatMap(({ entity }) => entity ?? [])
    return [...this.entities, ...this.relations.flat(), ...made]
  }
}

/** All workspaces of a soak. */
export type Spaces = readonly [Space, Space, ...Space[]]

/** A text that every workspace may hold, so that equal ids are in many of them. */
export function commonText(number: number): { file: string; text: string } {
  return {
    file: `common-notice-${number}.txt`,
    text: `Common notice ${number}: the harbour is closed on day ${number}.`,
  }
}

const capital = (word: string) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`
