#include "models/errno.h"

namespace wakesim {

// include/uapi/asm-generic/errno-base.h and errno.h.
ModelTable errno_model() {
  ModelTable table;
  table.name = "errno";
  table.about = "Error numbers: a call that fails returns one of them, negated.";
  table.constants = {
      {"EPERM", 1},       {"ENOENT", 2},         {"ESRCH", 3},       {"EINTR", 4},
      {"EIO", 5},         {"EBADF", 9},          {"EAGAIN", 11},     {"EWOULDBLOCK", 11},
      {"ENOMEM", 12},     {"EACCES", 13},        {"EFAULT", 14},     {"EBUSY", 16},
      {"EEXIST", 17},     {"ENODEV", 19},        {"EINVAL", 22},     {"ENFILE", 23},
      {"EMFILE", 24},     {"ENOSPC", 28},        {"EPIPE", 32},      {"EDEADLK", 35},
      {"ENOSYS", 38},     {"ELOOP", 40},         {"EOVERFLOW", 75},  {"ENOTSOCK", 88},
      {"EOPNOTSUPP", 95}, {"ECONNRESET", 104},   {"EISCONN", 106},   {"ENOTCONN", 107},
      {"ETIMEDOUT", 110}, {"ECONNREFUSED", 111}, {"ECANCELED", 125}, {"EOWNERDEAD", 130}};
  return table;
}

}  // namespace wakesim
