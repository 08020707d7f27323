import type { Language, Messages } from './text.ts'

/** The texts of a language; each is loaded only where it is read. */
export async function loadMessages(language: Language): Promise<Messages> {
  switch (language) {
    case 'de':
      return (await import('./messages/de.ts')).de
    case 'zh':
      return (await import('./messages/zh.ts')).zh
    case 'ar':
      return (await import('./messages/ar.ts')).ar
    default:
      return (await import('./messages/en.ts')).en
  }
}
