/** Sentences of the one-time page alone; the form's own are the widget's. */
export const pageSays = {
  pageOf: '这个链接是在微信公众号的一个对话里要来的，验证的就是那个对话。',
  pageMine: '只有您自己在微信里要的链接才可以填写；别人发给您的，请直接关闭。',
  sayTitle: '还差一步：在微信里确认',
  sayHow: '请回到您自己要链接的那个微信对话，发送这个确认码，10 分钟内有效：',
  sayThen: '对话收到确认码以后，才会与您本人绑定。',
  sayNever: '如果链接是别人发给您的，请不要把确认码告诉任何人，关闭本页即可。工作人员也不会向您索要。',
}
