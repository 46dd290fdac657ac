// Calls on a socket's descriptor: the look-up and the reference around what the call does.
//
//   Fdget -- a socket --> Inside -- the operation's own steps --> Fput --> returned
//     |                      ^                    (constant table: returned)
//     |                      +-- constant table: the call begins here
//     +-- not open, no socket --> returned
//
// An Operation has a Frame with a size that is a multiple of 8, and static functions: `parse`
// fills the frame from the arguments, `enter` from the file, and the rest are those of a CallRow.

#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/file.h"
#include "models/socket_state.h"
#include "sim/assert.h"
#include "sim/program/catalogue.h"
#include "sim/program/step.h"

namespace wakesim::socket {

template <class Operation>
struct SocketCall {
  enum class At : std::uint8_t { Refused, Fdget, Inside, Fput };

  typename Operation::Frame inner;
  std::int64_t result;
  std::int32_t number;
  file::FileId file;
  ThreadId thread;
  At at;
  bool is_counted;  // The call holds a reference.
  std::array<std::uint8_t, 2> zero;
};

// sockfd_lookup_light()
inline std::int32_t lookup_error(const View& view, file::FileId file) {
  if (file == file::kNoFile) return EBADF;
  return file::open_file(view, file).operations == &operations() ? 0 : ENOTSOCK;
}

template <class Operation>
void enter(Step& step, SocketCall<Operation>& call) {
  call.at = SocketCall<Operation>::At::Inside;
  Operation::enter(step, file::open_file(step, call.file), file::flags_of(step, call.file),
                   call.inner);
}

template <class Operation>
void begin_call(Step& step, std::span<const std::int64_t> arguments, SocketCall<Operation>& call) {
  using At = typename SocketCall<Operation>::At;
  const std::int64_t number = arguments[0];
  call = SocketCall<Operation>{};
  call.number = number < 0 || number > INT32_MAX ? -1 : static_cast<std::int32_t>(number);
  call.file = file::kNoFile;
  call.thread = step.thread();
  call.at = At::Fdget;
  Operation::parse(arguments, call.inner);
  if (!file::is_table_constant(step)) return;
  call.file = file::lookup(step, call.number);
  if (const std::int32_t error = lookup_error(step, call.file); error != 0) {
    call.at = At::Refused;
    call.inner = {};
    call.result = -error;
  } else {
    enter(step, call);
  }
}

template <class Operation>
bool call_enabled(const View& view, const SocketCall<Operation>& call) {
  using At = typename SocketCall<Operation>::At;
  if (call.at == At::Fput) return file::may_fput(view, call.thread, call.file);
  return call.at != At::Inside || Operation::enabled(view, call.thread, call.inner);
}

// From here to the end of the call the socket cannot be released.
template <class Operation>
Progress step_fdget(Step& step, SocketCall<Operation>& call) {
  const file::FileId file = file::lookup(step, call.number);
  if (const std::int32_t error = lookup_error(step, file); error != 0) return step.finish(-error);
  file::take_reference(step, file);
  call.file = file;
  call.is_counted = true;
  enter(step, call);
  return Progress::Continues;
}

template <class Operation>
Progress step_call(Step& step, SocketCall<Operation>& call) {
  using At = typename SocketCall<Operation>::At;
  switch (call.at) {
    case At::Refused:
      return step.finish(call.result);
    case At::Fdget:
      return step_fdget(step, call);
    case At::Inside:
      if (Operation::step(step, call.inner) == Progress::Continues) return Progress::Continues;
      if (!call.is_counted) return Progress::Returned;
      call.inner = {};
      call.result = step.result();
      call.at = At::Fput;
      return Progress::Continues;
    case At::Fput:
      if (file::fput(step, call.file) == Progress::Continues) return Progress::Continues;
      return step.finish(call.result);
  }
  WAKESIM_UNREACHABLE();
}

template <class Operation>
std::string_view call_phase(const SocketCall<Operation>& call) {
  using At = typename SocketCall<Operation>::At;
  switch (call.at) {
    case At::Refused:
      return "bad descriptor";
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
  for (const file::OpenFile* open : file::lookup_effects(effects, arguments[0])) {
    if (open->operations == &operations()) Operation::effects(effects, *open, arguments);
  }
}

// For messages: the socket.
template <class Operation>
std::string call_subject(const View& view, const std::byte* frame) {
  const auto& call = *reinterpret_cast<const SocketCall<Operation>*>(frame);
  file::FileId file = call.file;
  if (file == file::kNoFile) file = file::declared_file(view, call.number);
  if (file == file::kNoFile) return "descriptor " + std::to_string(call.number);
  return file::open_file(view, file).name;
}

// The parts of a row that follow from the operation.
template <class Operation>
CallRow make_row(std::string_view name) {
  using Call = SocketCall<Operation>;
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
  row.is_cancellation_point = true;
  return row;
}

}  // namespace wakesim::socket
