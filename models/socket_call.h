// What calls on a socket's descriptor have in common.

#pragma once

#include <cerrno>
#include <cstdint>
#include <string_view>

#include "models/file_call.h"
#include "models/socket_state.h"

namespace wakesim::socket {

// sockfd_lookup_light()
struct SocketOperation {
  static constexpr std::int32_t kWrongKind = ENOTSOCK;
  static const file::FileOperations& operations() { return socket::operations(); }
};

template <class Operation>
CallRow make_row(std::string_view name) {
  CallRow row = file::make_file_call<Operation>(name);
  row.is_cancellation_point = true;
  return row;
}

}  // namespace wakesim::socket
