import { useRef } from 'react'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { usePlace } from '../../work/place.ts'
import { useServices } from '../../work/services.ts'

interface UploadButtonProps {
  readonly look: 'plain' | 'primary'
  /** Endings of files that can be read, with their dots. */
  readonly types: readonly string[]
}

/** Opens the choice of files. */
export function UploadButton({ look, types }: UploadButtonProps) {
  const { t } = useTexts()
  const { uploads } = useServices()
  const place = usePlace()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        className="sr-only"
        type="file"
        multiple
        tabIndex={-1}
        aria-label={t('documents.upload')}
        accept={types.join(',')}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])]
          uploads.add(
            { tenantId: place.tenantId, kb: place.kb },
            files.map((file) => ({ file, name: file.name })),
          )
          event.target.value = ''
        }}
      />
      <ActionButton icon="upload" look={look} onPress={() => input.current?.click()}>
        {t('documents.upload')}
      </ActionButton>
    </>
  )
}
