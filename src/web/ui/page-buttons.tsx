import { useTexts } from '../i18n/use-texts.ts'
import { ActionButton } from './action-button.tsx'

interface PageButtonsProps {
  readonly page: number
  readonly pages: number
  readonly onGo: (page: number) => void
}

/** One page back, where one is, and one on. */
export function PageButtons({ page, pages, onGo }: PageButtonsProps) {
  const { t } = useTexts()
  return (
    <>
      <ActionButton icon="back" iconOnly isDisabled={page <= 1} onPress={() => onGo(page - 1)}>
        {t('documents.previous')}
      </ActionButton>
      <span className="number">{t('documents.pageOf', { page, pages })}</span>
      <ActionButton
        icon="forward"
        iconOnly
        isDisabled={page >= pages}
        onPress={() => onGo(page + 1)}
      >
        {t('documents.next')}
      </ActionButton>
    </>
  )
}
