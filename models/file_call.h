// Calls on the descriptor of one kind of file: the look-up and the reference around what the call
// does.
//
//   Fdget -- right kind --> Inside -- the operation's own steps --> Fput --> returned
//     |                      ^                    (constant table: returned)
//     |                      +-- constant table: the call begins here
//     +-- not open, other kind --> returned
//
// An Operation has a Frame with a size that is a multiple of 8, and static functions: `operations`
// is the kind, kWrongKind the errno of any other; `parse` fills the frame from the arguments,
// `enter` from the file, and the rest are those of a CallRow. `refusal`, if there is one, gives the
// errno for arguments that are wrong whatever the descriptor is.

#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/file.h"
#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/catalogue.h"
#include "sim/program/step.h"

namespace wakesim::file {

template <class Operation>
struct FileCall {
  enum class At : std::uint8_t { Refused, Fdget, Inside, Fput };

  typename Operation::Frame inner;
  std::int64_t result;
  std::int32_t number;
  FileId file;
  ThreadId thread;
  At at;
  bool is_counted;  // The call holds a reference.
  std::array<std::uint8_t, 2> zero;
};

template <class Operation>
std::int32_t lookup_error(const View& view, FileId file) {
  if (file == kNoFile) return EBADF;
  const bool is_right = open_file(view, file).operations == &Operation::operations();
  return is_right ? 0 : Operation::kWrongKind;
}

template <class Operation>
void refuse(FileCall<Operation>& call, std::int32_t error) {
  call.at = FileCall<Operation>::At::Refused;
  call.inner = {};
  call.result = -error;
}

template <class Operation>
void enter(Step& step, FileCall<Operation>& call) {
  call.at = FileCall<Operation>::At::Inside;
  Operation::enter(step, open_file(step, call.file), flags_of(step, call.file), call.inner);
}

template <class Operation>
void begin_call(Step& step, std::span<const std::int64_t> arguments, FileCall<Operation>& call) {
  using At = typename FileCall<Operation>::At;
  const std::int64_t number = arguments[0];
  call = FileCall<Operation>{};
  call.number = number < 0 || number > INT32_MAX ? -1 : static_cast<std::int32_t>(number);
  call.file = kNoFile;
  call.thread = step.thread();
  call.at = At::Fdget;
  if constexpr (requires { Operation::refusal(arguments); }) {
    const std::int32_t error = Operation::refusal(arguments);
    if (error != 0) return refuse(call, error);
  }
  Operation::parse(arguments, call.inner);
  if (!is_table_constant(step)) return;
  call.file = lookup(step, call.number);
  if (const std::int32_t error = lookup_error<Operation>(step, call.file); error != 0) {
    refuse(call, error);
  } else {
    enter(step, call);
  }
}

template <class Operation>
bool call_enabled(const View& view, const FileCall<Operation>& call) {
  using At = typename FileCall<Operation>::At;
  if (call.at == At::Fput) return may_fput(view, call.thread, call.file);
  return call.at != At::Inside || Operation::enabled(view, call.thread, call.inner);
}

// From here to the end of the call the socket cannot be released.
template <class Operation>
Progress step_fdget(Step& step, FileCall<Operation>& call) {
  const FileId file = lookup(step, call.number);
  if (const std::int32_t error = lookup_error<Operation>(step, file); error != 0)
    return step.finish(-error);
  take_reference(step, file);
  call.file = file;
  call.is_counted = true;
  enter(step, call);
  return Progress::Continues;
}

template <class Operation>
Progress step_call(Step& step, FileCall<Operation>& call) {
  using At = typename FileCall<Operation>::At;
  switch (call.at) {
    case At::Refused:
      return step.finish(call.result);
    case At::Fdget:
      return step_fdget(step, call);
    case At::Inside:
      // The engine does not ask the guard of a call's first step: the call has begun, and waits.
      if (!Operation::enabled(step, call.thread, call.inner)) return Progress::Continues;
      if (Operation::step(step, call.inner) == Progress::Continues) return Progress::Continues;
      if (!call.is_counted) return Progress::Returned;
      call.inner = {};
      call.result = step.result();
      call.at = At::Fput;
      return Progress::Continues;
    case At::Fput:
      if (fput(step, call.file) == Progress::Continues) return Progress::Continues;
      return step.finish(call.result);
  }
  WAKESIM_UNREACHABLE();
}

template <class Operation>
std::string_view call_phase(const FileCall<Operation>& call) {
  using At = typename FileCall<Operation>::At;
  switch (call.at) {
    case At::Refused:
      return "refused";
    case At::Fdget:
      return "fdget";
    case At::Inside:
      return Operation::phase(call.inner);
    case At::Fput:
      return "fput";
  }
  WAKESIM_UNREACHABLE();
}

template <class Operation>
void call_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  for (const OpenFile* open : lookup_effects(effects, arguments[0])) {
    if (open->operations == &Operation::operations()) Operation::effects(effects, *open, arguments);
  }
}

// For messages: the file.
template <class Operation>
std::string call_subject(const View& view, const std::byte* frame) {
  const auto& call = *reinterpret_cast<const FileCall<Operation>*>(frame);
  FileId file = call.file;
  if (file == kNoFile) file = declared_file(view, call.number);
  if (file == kNoFile) return "descriptor " + std::to_string(call.number);
  return open_file(view, file).name;
}

// The parts of a row that follow from the operation.
template <class Operation>
CallRow make_file_call(std::string_view name) {
  using Call = FileCall<Operation>;
  static_assert(sizeof(typename Operation::Frame) % 8 == 0);
  CallRow row;
  row.name = name;
  row.entries = 1;
  bind_frame<Call, begin_call<Operation>, call_enabled<Operation>, step_call<Operation>,
             call_phase<Operation>>(row);
  row.condition = [](const View& view, const std::byte* frame) {
    const Call& call = *reinterpret_cast<const Call*>(frame);
    return call.at != Call::At::Inside || Operation::condition(view, call.inner);
  };
  row.subject = call_subject<Operation>;
  row.effects = call_effects<Operation>;
  return row;
}

}  // namespace wakesim::file
