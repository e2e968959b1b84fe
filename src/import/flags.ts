/**
 * Which of a listed CPU's flags a guest can see. Coreinfo and lscpu also list what the host keeps for itself, what the kernel made
 * up, and what microcode says about attacks; the CPU table has none of these. One node's list is compared with another's, and with the
 * table: what only some sources list would forbid migrations that work.
 */
import { normaliseFeatures } from '../model/cpu/features.js'
import { groupFeatures } from '../model/cpu/groups.js'
import { type CpuModel, cpuModels, seenFeatures } from '../model/cpu/table.js'
import type { CpuVendor } from '../model/problem.js'

/** Of the host, of its kernel, or about it: no guest depends on them. In lscpu's spelling. */
const HIDDEN = new Set(
  normaliseFeatures(
    [
      // Virtualisation, which a guest sees only nested.
      'vmx smx svm ept ept_ad vpid vnmi tpr_shadow flexpriority npt lbrv svm_lock nrip_save tsc_scale vmcb_clean flushbyasid',
      'decodeassists pausefilter pfthreshold avic x2avic v_vmsave_vmload vgif v_spec_ctrl ept_5level ept_execute_only unrestricted_guest',
      'sev sev_es sev_snp sme debug_swap tdx_host_platform tdx_host vmmcall hypervisor skinit',
      // Counters, tracing, quality of service.
      'arch_perfmon pebs bts ds dtes64 dts pdcm intel_pt arch_lbr ibs perfctr_core perfctr_nb perfctr_llc perfctr_l2 bpext perfmon_v2',
      'amd_lbr_v2 amd_lbr_pmc_freeze cat_l2 cat_l3 cdp_l2 cdp_l3 cqm cqm_llc cqm_occup_llc cqm_mbm_total cqm_mbm_local rdt_a mba smba bmec irperf',
      // Power, temperature, machine checks.
      'acpi est tm tm2 pbe ida arat pln pts dtherm hwp hwp_notify hwp_act_window hwp_epp hwp_pkg_req hfi epb aperfmperf cpb hw_pstate',
      'cppc monitor mwaitx thermtrip ttp overflow_recov succor smca mcaoverflowrecov hdc ecmd',
      // Names that Linux makes up, and what is about the host alone.
      'art rapl brs constant_tsc nonstop_tsc nonstop_tsc_s3 tsc_reliable tsc_known_freq rep_good nopl xtopology cpuid cpuid_fault pti fred lkgs',
      'extd_apicid extapic tce wdt cmp_legacy ht htt ss sdbg cid xtpr dca selfsnoop pn ia64 pat_wc tsc_adjust invpcid_single ring3mwait',
      'split_lock_detect intel_ppin amd_ppin tme pconfig sgx sgx_lc nodeid_msr fpcsds fdp_excptn_only zero_fcs_fds psn dsxbts',
      'apicext altmovcr8 mtrr_fix perfctr uarch_misc_ctl arch_arm32 dscpl osxsave ace rng',
      // About attacks: what is immune, and further controls.
      'ibrs_enhanced retpoline retpoline_amd retpoline_lfence md_clear flush_l1d srbds_ctrl taa_no l1d_flush ibpb_brtype sbpb',
      'srso_no rrsba rrsba_ctrl bhi_ctrl bhi_dis_s ddpd_u mcdt_no pbrsb_no rtm_always_abort tsx_force_abort virt_ssbd ssb_no autoibrs rsb_ctxsw',
      'null_sel_clr_base no_nested_data_bp btc_no ibrs_same_mode stibp_always_on rsba ipred_ctrl clear_cpu_buf verw_clear its_no',
      // The same by libvirt's names.
      'cmt mbm_total mbm_local ibrs_all rdctl_no skip_l1dfl_vmentry mds_no pschange_mc_no tsx_ctrl sbdr_ssdp_no fbsdp_no psdp_no fb_clear',
      'misc_package_ctls energy_filtering_ctl doitm gds_no rfds_no rfds_clear bhi_no amd_no_ssb lfence_always_serializing',
      'arch_facilities xapic_disable_status overclocking_status svme_addr_chk',
    ]
      .join(' ')
      .split(' '),
  ),
)

/** Features that Linux never shows in /proc/cpuinfo, and so not in lscpu. */
const UNSHOWN = normaliseFeatures(
  'fzrm fsrs fsrc xfd amx_fp16 avx_ifma avx_vnni_int8 avx_vnni_int16 avx_ne_convert avx10 cmpccxadd prefetchi sha512 sm3 sm4'.split(
    ' ',
  ),
)

/** Features that some kernels show and others do not: MPX no longer, control-flow enforcement not yet. */
const SOMETIMES_SHOWN = normaliseFeatures(['mpx', 'shstk', 'ibt'])

const VENDORS: readonly CpuVendor[] = ['Intel', 'AMD', 'Hygon']

let vocabularies: ReadonlyMap<CpuVendor, ReadonlySet<string>> | undefined

/**
 * Features that some model of the table has. Instructions are the same whoever makes the CPU; controls against speculation attacks count
 * only where the vendor's own models have them: `ibpb` of an Intel CPU says what its `spec_ctrl` says already.
 */
function vocabularyOf(vendor: CpuVendor): ReadonlySet<string> {
  vocabularies ??= new Map(
    VENDORS.map((each) => {
      const own = new Set<string>()
      const others = new Set<string>()
      for (const model of cpuModels()) {
        const { vendor: maker } = model
        const features = seenFeatures(model)
        const mitigations = new Set(mitigationsOf(features))
        for (const feature of features) {
          // Hygon's cores descend from AMD's.
          if (maker === each || (each === 'Hygon' && maker === 'AMD')) own.add(feature)
          else if (!mitigations.has(feature)) others.add(feature)
        }
      }
      return [each, new Set([...own, ...others])]
    }),
  )
  return vocabularies.get(vendor)!
}

/** Those that microcode brings to a CPU after it was sold: a list has them, and the table cannot know. Of folded features. */
export function mitigationsOf(features: readonly string[]): readonly string[] {
  return groupFeatures(features).mitigations ?? []
}

/**
 * What the list of a CPU of this model may fail to show: what the model has for certain, and what it may have. What no list from Linux has
 * is left out where the list has some of it, since it is from elsewhere then.
 *
 * @param features folded
 */
export function unshownFeatures(
  features: readonly string[],
  model: CpuModel,
): Pick<CpuModel, 'features' | 'mayHave'> {
  const fromLinux = !UNSHOWN.some((feature) => features.includes(feature))
  const unshown = [...(fromLinux ? UNSHOWN : []), ...SOMETIMES_SHOWN].filter(
    (feature) => !features.includes(feature),
  )
  // What AMX needs to be switched on comes with it.
  const certain = [...model.features, ...(features.includes('amxtile') ? ['xfd'] : [])]
  return {
    features: unshown.filter((feature) => certain.includes(feature)).sort(),
    mayHave: unshown.filter((f) => model.mayHave.includes(f) && !certain.includes(f) && f !== 'xfd').sort(),
  }
}

export interface SortedFlags {
  /** What guests see and migrations depend on: folded names, sorted. */
  features: readonly string[]
  /** What nothing is known about: folded names, sorted. */
  unknown: readonly string[]
}

/** @param flags in any spelling and order */
export function sortFlags(vendor: CpuVendor, flags: readonly string[]): SortedFlags {
  const known = vocabularyOf(vendor)
  const all = normaliseFeatures(flags)
  const everywhere = VENDORS.map(vocabularyOf)
  return {
    features: all.filter((flag) => known.has(flag)),
    unknown: all.filter((flag) => !HIDDEN.has(flag) && !everywhere.some((each) => each.has(flag))),
  }
}

/** Whether the name is that of a feature or of a flag that is known to be none. */
export function isKnownFlag(name: string): boolean {
  const [folded] = normaliseFeatures([name])
  return (
    folded !== undefined && (HIDDEN.has(folded) || VENDORS.some((each) => vocabularyOf(each).has(folded)))
  )
}

/** Every feature that some model has, folded: for near matches. */
export function knownFeatures(): ReadonlySet<string> {
  return new Set(VENDORS.flatMap((vendor) => [...vocabularyOf(vendor)]))
}
