import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import {
  readControlFile,
  writeControlFileOnce,
} from '../../tenancy/control-files/control-folder.ts'
import { ControlError } from '../core/control-error.ts'

const FILE = 'secrets_key'
const LEAST_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Encrypts what is kept at rest (AES-256-GCM). Each text is bound to its place: put elsewhere, it
 * does not open.
 */
export class Sealer {
  readonly #key: Uint8Array

  /** @param secret at least 32 bytes of randomness */
  constructor(secret: string) {
    if (Buffer.byteLength(secret) < LEAST_BYTES) {
      throw new ControlError(
        'secret_unreadable',
        `The key that encrypts provider keys has fewer than ${LEAST_BYTES} bytes`,
      )
    }
    this.#key = new Uint8Array(hkdfSync('sha256', secret, '', 'provider secrets', 32))
  }

  seal(text: string, place: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(place))
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`
  }

  /** @throws {ControlError} `secret_unreadable` for another key, another place, or damage */
  open(sealed: string, place: string): string {
    try {
      const bytes = Buffer.from(sealed.replace(/^v1\./, ''), 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES))
      decipher.setAAD(Buffer.from(place))
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES))
      return Buffer.concat([text, decipher.final()]).toString('utf8')
    } catch (cause) {
      throw new ControlError(
        'secret_unreadable',
        'A provider key cannot be read with the present encryption key; store it again',
        { cause },
      )
    }
  }
}

/**
 * The secret that encrypts provider keys: the configured one, else the one kept under `root`, made
 * there at the first start.
 *
 * @param root the storage folder
 */
export function loadSealer(root: string, configured?: string): Sealer {
  const kept = () =>
    readControlFile(root, FILE) ??
    writeControlFileOnce(root, FILE, randomBytes(48).toString('base64url'))
  return new Sealer(configured ?? kept().trim())
}
