-- Asks the language server about the file that is open, as a person would, prints what it says, and fails where that is not it.

local policy = vim.fn.expand("%:t") == "first.json"

local function expect(what, holds, found)
  print(string.format("%s: %s\n", what, vim.inspect(found)))
  if not holds then
    print("that is not it\n")
    vim.cmd("cquit")
  end
end

local function client()
  return vim.lsp.get_clients({ bufnr = 0, name = "gatelint" })[1]
end

vim.wait(10000, function() return client() ~= nil and client().initialized end)
expect("server", client() ~= nil, vim.bo.filetype)

local function ask(method, params)
  local answers, problem = vim.lsp.buf_request_sync(0, method, params, 10000)
  local answer = answers and answers[client().id] or {}
  if problem or answer.err then
    expect(method, false, problem or answer.err)
  end
  return answer.result
end

-- Answers come in the order of the questions: after one, what was found has been said.
local function at(pattern, rest)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  vim.fn.search(pattern)
  return vim.tbl_extend("error", vim.lsp.util.make_position_params(0, "utf-16"), rest or {})
end

local actions = ask("textDocument/codeAction", (function()
  at("minuet")
  local params = vim.lsp.util.make_range_params(0, "utf-16")
  params.context = { diagnostics = {} }
  return params
end)()) or {}
local titles = vim.tbl_map(function(action) return action.title end, actions)
local found = vim.tbl_map(function(one) return one.severity .. " " .. one.code end, vim.diagnostic.get(0))
local completion = ask("textDocument/completion", at(policy and "minuet" or "version")) or {}
local labels = vim.tbl_map(function(item) return item.label end, completion)

if not policy then
  expect("findings", #found == 0, found)
  expect("actions", #titles == 0, titles)
  expect("completion", #labels == 0, labels)
  vim.cmd("quitall!")
end

-- An error only where the configuration of the project says which server it is.
expect("findings", vim.list_contains(found, "1 unbounded-execute-tool"), found)
expect("actions", vim.list_contains(titles, "unknown-window: write `minute`"), titles)
expect("completion", vim.list_contains(labels, "minute"), labels)
local hover = ask("textDocument/hover", at("run_adhoc_command")) or { contents = {} }
expect("hover", (hover.contents.value or ""):find("Execute", 1, true), hover.contents.value)

-- What is mended is no longer found.
vim.lsp.buf.code_action({ context = { only = { "source.fixAll" }, diagnostics = {} }, apply = true })
local mended = function() return vim.fn.search("minuet", "nw") == 0 end
expect("mended", vim.wait(10000, mended), vim.api.nvim_buf_get_lines(0, 7, 8, false))

-- Only a policy that a gateway would take is tested.
local lens = ask("textDocument/codeLens", { textDocument = vim.lsp.util.make_text_document_params(0) }) or {}
expect("lens", lens[1] and lens[1].command.title:find("1 of 1 cases pass", 1, true), lens[1] and lens[1].command)
ask("workspace/executeCommand", lens[1].command)
vim.cmd("quitall!")
