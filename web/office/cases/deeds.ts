/** What staff do with one part of an application: the button, what it asks for, and what happens next, in words. */
import type { Word } from '../../staff/words'

export type Need = 'reason' | 'basis' | 'note' | 'missing' | 'supply' | 'asks' | 'objection' | 'settle' | 'result' | 'staff'

export interface DeedInfo {
  title: string
  tone: '' | 'primary' | 'danger'
  needs: Need[]
  done: string
  /** Other words for what is asked. */
  words?: Partial<Record<Need, string>>
  /** Needs that are a choice elsewhere and a must here. */
  must?: Need[]
  /** Cannot be taken back: asked once more. */
  final?: boolean
}

export const DEEDS: Record<string, DeedInfo> = {
  accept: { title: '受理', tone: 'primary', needs: ['note'], done: '已受理，已告知申请人' },
  ask_supplement: { title: '要求补正', tone: '', needs: ['missing', 'note'], done: '补正清单已发给申请人' },
  supplied: { title: '登记补正', tone: 'primary', needs: ['supply', 'note'], done: '补正已登记' },
  review: { title: '开始审核', tone: 'primary', needs: ['note'], done: '已进入审核' },
  approve: { title: '审核通过', tone: 'primary', needs: ['note'], done: '已通过' },
  consult: { title: '派发会办', tone: '', needs: ['asks', 'note'], done: '已派发' },
  consulted: { title: '结束会办', tone: '', needs: ['note'], done: '已结束会办，继续审核' },
  send_back: { title: '退回上一步', tone: '', needs: ['reason'], words: { reason: '退回原因（只给同事看）' }, done: '已退回上一步' },
  object: { title: '登记异议', tone: '', needs: ['objection'], done: '异议已登记' },
  dismiss: { title: '异议不成立', tone: 'primary', needs: ['settle'], done: '已登记，异议不成立' },
  uphold: { title: '异议成立', tone: 'danger', needs: ['settle', 'reason'], done: '已退回，已告知申请人', final: true },
  issue: { title: '制发办结', tone: 'primary', needs: ['result', 'note'], done: '已办结，已告知申请人', final: true },
  refuse: { title: '不予通过', tone: 'danger', needs: ['reason', 'basis', 'note'], done: '已退回，已告知申请人', final: true },
  assign: { title: '指定经办人', tone: '', needs: ['staff'], done: '已指定' },
  withdraw: { title: '代为撤回', tone: 'danger', needs: ['note'], words: { note: '申请人是怎样提出撤回的' }, must: ['note'], done: '已撤回', final: true },
}

/** In this order on the page; the way on comes first, the way out last. */
export const ORDER = [
  'accept', 'supplied', 'review', 'approve', 'dismiss', 'issue', 'consult', 'consulted', 'ask_supplement', 'send_back', 'object', 'assign', 'uphold', 'refuse', 'withdraw',
]

/** All of a case that decides what its buttons lead to. */
export interface Where {
  case: { level: string | null }
  levels?: string[]
  item: { publicity: boolean; publicity_days?: number | null } | null
}

/** What happens when the button is pressed. */
export function nextOf(event: string, at: Where): string {
  const here = at.case.level ? `${at.case.level}级` : ''
  const higher = at.case.level && at.levels ? at.levels[at.levels.indexOf(at.case.level) + 1] : undefined
  const days = at.item?.publicity_days
  const on = higher ? `转到${higher}级审核` : at.item?.publicity ? `进入公示${days ? `（${days} 天）` : ''}` : '进入待制发'
  switch (event) {
    case 'accept': return '受理后转后台审核，申请人会收到受理通知。'
    case 'ask_supplement': return '把缺的、有问题的一次列全。申请人会收到完整清单，补齐后回到现在这一步。'
    case 'supplied': return '登记申请人当面或用别的方式补来的内容，补齐后回到补正前的那一步。'
    case 'review': return `开始${here}审核。`
    case 'approve': return `${here || '本级'}审核通过，${on}，并告知申请人。`
    case 'consult': return '请职能部门在期限内答复，全部答复后自动回到审核。'
    case 'consulted': return '不再等待没有答复的部门，直接回到审核。'
    case 'send_back': return '退回到前一级审核；已经是第一级的，退回到“已受理”。'
    case 'object': return '登记后暂停公示，核实清楚再继续。异议人的信息只有有权限的人能看。'
    case 'dismiss': return '异议不成立，恢复公示；公示期已满的自动进入下一步。'
    case 'uphold': return '异议成立，这件申请不予通过，办理结束，不能恢复。'
    case 'issue': return '登记发放的结果，这件申请办结，申请人会收到结果，不能撤回。'
    case 'refuse': return '不予通过，办理结束，不能恢复。原因和依据会告诉申请人。'
    case 'assign': return '指定以后由谁经办。'
    case 'withdraw': return '按申请人的要求撤回，办理结束，不能恢复。'
    default: return ''
  }
}

const TONES: Record<string, Word['tone']> = {
  待单位核准: 'warn', 已提交: 'warn', 已受理: 'brand', 待补正: 'warn', 审核中: 'brand', 会办中: 'brand', 公示中: 'brand', 异议核实中: 'bad', 待制发: 'warn',
  已办结: 'good', 已退回: 'bad', 已撤回: '',
}
export const statusWord = (status: string): Word => ({ text: status, tone: TONES[status] ?? '' })

/** Tabs of the list; each asks for one or more states. */
export const TABS = [
  { status: '', title: '全部' }, { status: '已提交', title: '待受理' }, { status: '待补正', title: '待补正' }, { status: '已受理,审核中', title: '审核' },
  { status: '会办中', title: '会办' }, { status: '公示中,异议核实中', title: '公示' }, { status: '待制发', title: '待制发' }, { status: '已办结', title: '已办结' },
  { status: '已退回,已撤回', title: '已退回' }, { status: '待单位核准', title: '待单位核准' },
] as const

/** The steps of the timeline in words. */
export const STEPS: Record<string, string> = {
  submit: '提交申请', unit_approve: '单位核准', unit_return: '单位退回', unit_absent: '单位无人核准', accept: '受理', ask_supplement: '要求补正', supplied: '已补正', review: '开始审核', approve: '审核通过',
  send_back: '退回上一步', consult: '派发会办', consulted: '会办结束', object: '收到异议', dismiss: '异议不成立', uphold: '异议成立', publicity_ended: '公示结束', issue: '制发办结',
  refuse: '不予通过', withdraw: '撤回', assign: '指定经办人', unit_assign: '分配单位专员', unit_complete: '单位补充材料', note: '备注', urge: '催办', answer: '部门答复',
}
export const stepWord = (event: string): string => STEPS[event] ?? '其他'
