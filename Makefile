.DEFAULT_GOAL := help
.PHONY: help run test setup lint bench clean

help: ## 显示可用命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## 安装、构建、训练并启动服务（第二次立即启动）
	@bin/setup run
	@.venv/bin/huicai prepare
	@HUICAI_NOTICE_OUTBOX="$${HUICAI_NOTICE_OUTBOX-$${HUICAI_HOME:-var}/outbox}" exec .venv/bin/huicai serve

test: ## 安装并运行全部测试
	@bin/setup test
	@bin/test

lint: ## 检查代码风格和类型
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: ## 运行性能测试（不属于 make test）
	@bin/setup test
	@.venv/bin/python -m tests.bench

clean: ## 删除环境、构建结果和测试缓存（不删除数据）
	rm -rf .venv .venv-engine .venv-peer .uv .stamps web/node_modules web/dist
