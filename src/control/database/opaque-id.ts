import { randomBytes } from 'node:crypto'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** What an id stands for, as its first letters. */
export type IdKind = 'tnt' | 'kb' | 'usr' | 'inv' | 'key' | 'job' | 'rsv' | 'snp'

/** A new random id of 100 bits. It has small letters and digits only: ids are compared folded. */
export function newId(kind: IdKind): string {
  let text = ''
  for (const byte of randomBytes(20)) text += ALPHABET[byte & 31]
  return `${kind}_${text}`
}

/** Of keys, invitations and snapshots. */
const SECRET_PREFIXES = ['trk', 'tri', 'trs', 'tro'] as const
const SECRET = new RegExp(`\\b(${SECRET_PREFIXES.join('|')})_[\\w-]{16,}`, 'g')

/** A new secret of 256 bits, for a header or a link. */
export function newSecret(prefix: (typeof SECRET_PREFIXES)[number]): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

/** A text with the secrets of {@link newSecret} cut out of it, for the log. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(SECRET, '$1_…')
}
