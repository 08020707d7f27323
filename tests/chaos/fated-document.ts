import type { SeededRandom } from '../isolation/soak/random.ts'

/** What the models do whenever they are asked about a document, for as long as it is there. */
export const FATES = [
  'sound',
  'refused',
  'failing',
  'empty',
  'unreadable',
  'hanging',
  'cut',
  'unembeddable',
  'vectorless',
] as const
export type Fate = (typeof FATES)[number]

/** How a caller names a document that is to go. */
export type DeletedBy = 'id' | 'external id' | 'file'

export interface FatedDocument {
  readonly workspace: number
  readonly file: string
  readonly externalId: string
  /** A name that stands in no other document. */
  readonly canary: string
  readonly fate: Fate
  readonly text: string
  /** Undefined where it stays. */
  readonly deletedBy: DeletedBy | undefined
}

const UNSOUND = FATES.filter((fate) => fate !== 'sound')
const CANARY = /Xk[a-z]{12}/

/** Documents for many workspaces by turns; the same for the same seed. */
export function fatedDocuments(
  count: number,
  workspaces: number,
  random: SeededRandom,
): FatedDocument[] {
  return Array.from({ length: count }, (_, i) => {
    const canary = `Xk${random.letters(12)}`
    // The first of each workspace are unsound: what follows must not wait for them.
    const isEarly = i < workspaces * 2
    const fate = isEarly || random.chance(0.12) ? (random.pick(UNSOUND) ?? 'sound') : 'sound'
    const isDeleted = random.chance(0.1)
    return {
      workspace: i % workspaces,
      file: `note-${i}.txt`,
      externalId: `external-${i}`,
      canary,
      fate,
      text: `${canary} keeps the mill of ${canary} Lane. Its miller is paid ${i} times a year.`,
      deletedBy: isDeleted ? random.pick(['id', 'external id', 'file'] as const) : undefined,
    }
  })
}

/** The canary that a text speaks of, if it does of one. */
export function canaryIn(text: string): string | undefined {
  return CANARY.exec(text)?.[0]
}
