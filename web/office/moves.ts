/** The steps of grass-roots work in words: what the button says, what is asked before, what is told after. */

export interface Move {
  title: string
  done: string
  /** Asked before it is done; left out where it can be undone. */
  ask?: string
  /** A reason goes with it. */
  reason?: string
  tone?: 'primary' | 'danger'
}
export type Moves = Record<string, Move>

export const PROJECT: Moves = {
  publish: { title: '发布征集', done: '已发布，人才可以报名', ask: '发布后，符合条件的人才可以看到并报名。', tone: 'primary' },
  withdraw: { title: '撤回草稿', done: '已撤回，人才不再看到', ask: '撤回后不再接受报名，已有的报名保留。' },
  start: { title: '开始实施', done: '已开始', ask: '开始后不再公开征集，仍可推荐人选。', tone: 'primary' },
  finish: { title: '结束项目', done: '项目已结束', ask: '结束后不能再修改，也不能恢复。', tone: 'primary' },
  cancel: { title: '取消项目', done: '项目已取消', ask: '取消后不能恢复。', tone: 'danger' },
}
export const PARTICIPATION: Moves = {
  recommend: { title: '推荐', done: '已推荐', tone: 'primary' },
  confirm: { title: '确认参加', done: '已确认', tone: 'primary' },
  complete: { title: '已完成服务', done: '已完成，服务天数已登记', ask: '确认后按项目规定的天数登记服务，不能撤回。', tone: 'primary' },
  refuse: { title: '不采纳', done: '已登记', ask: '登记为不采纳，不能恢复。', tone: 'danger' },
  leave: { title: '退出', done: '已退出', ask: '登记为退出，不能恢复。', tone: 'danger' },
}
export const DEMAND: Moves = {
  publish: { title: '审核通过', done: '已发布，开始匹配', tone: 'primary' },
  return: { title: '退回单位', done: '已退回', reason: '退回原因（会告诉单位）', tone: 'danger' },
  resubmit: { title: '重新提交', done: '已重新提交' },
  settle: { title: '对接成功', done: '已登记对接', ask: '登记为已对接，不再推荐人选。', tone: 'primary' },
  close: { title: '关闭', done: '已关闭', ask: '关闭后不能恢复。', tone: 'danger' },
}
export const MATCH: Moves = {
  accept: { title: '有意向', done: '已登记', tone: 'primary' },
  settle: { title: '对接成功', done: '已登记对接', tone: 'primary' },
  decline: { title: '不合适', done: '已登记', ask: '登记为不合适，不能恢复。', tone: 'danger' },
}
export const COOPERATION: Moves = {
  begin: { title: '开始对接', done: '已登记', tone: 'primary' },
  agree: { title: '达成合作', done: '已登记', ask: '登记为已达成，不能恢复。', tone: 'primary' },
  fail: { title: '未达成', done: '已登记', ask: '登记为未达成，不能恢复。', tone: 'danger' },
}
export const CHALLENGE: Moves = {
  publish: { title: '张榜', done: '已张榜', ask: '张榜后人才可以看到并揭榜。', tone: 'primary' },
  assign: { title: '进入攻关', done: '已进入攻关', ask: '进入攻关后不再接受揭榜。', tone: 'primary' },
  finish: { title: '完成', done: '已完成', ask: '登记为完成，不能恢复。', tone: 'primary' },
  cancel: { title: '取消', done: '已取消', ask: '取消后不能恢复。', tone: 'danger' },
}
export const CLAIM: Moves = {
  choose: { title: '选为揭榜人', done: '已登记', ask: '登记为揭榜人。', tone: 'primary' },
  refuse: { title: '未选中', done: '已登记', ask: '登记为未选中，不能恢复。', tone: 'danger' },
  finish: { title: '完成', done: '已登记', ask: '登记为完成，不能恢复。', tone: 'primary' },
}

const TONES: Record<string, '' | 'brand' | 'good' | 'warn' | 'bad'> = {
  草稿: '', 征集中: 'brand', 进行中: 'brand', 已结束: '', 已取消: '', 报名: 'warn', 已推荐: 'brand', 已确认: 'good', 已完成: 'good', 未采纳: '', 已退出: '',
  待审核: 'warn', 已发布: 'brand', 已退回: 'bad', 已对接: 'good', 已关闭: '', 推荐: 'brand', 有意向: 'good', 不合适: '', 已登记: 'warn', 对接中: 'brand', 已达成: 'good',
  未达成: '', 张榜中: 'brand', 攻关中: 'brand', 已揭榜: 'good', 未选中: '', 待安排: 'warn', 已安排: 'brand', 待确认: 'warn', 已公布: 'good', 已作废: '', 已剔除: 'bad',
  有效: 'good', 停用: 'warn', 收回: 'bad', 已换发: '', 已到期: 'bad', 即将到期: 'warn', 待处理: 'warn', 已答复: '',
}
export const stateWord = (status: string): { text: string; tone: '' | 'brand' | 'good' | 'warn' | 'bad' } => ({ text: status, tone: TONES[status] ?? '' })
