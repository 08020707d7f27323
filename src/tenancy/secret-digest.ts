import { hash, timingSafeEqual } from 'node:crypto'

/** SHA-256. */
export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}

/** Takes the same time whatever the two texts are and wherever they differ. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other))
}
